package schema

import "slices"

// StandardCommands returns the names of the protocol's commands, sorted. Their
// prefix is "std:"; std:spec:read need not be listed in a spec.
func StandardCommands() []string { return slices.Clone(standardCommands) }

// IsStandardCommand reports whether a command is of the protocol.
func IsStandardCommand(name string) bool {
	_, found := slices.BinarySearch(standardCommands, name)
	return found
}

var standardCommands = []string{
	"std:account:create",
	"std:account:delete",
	"std:account:disable",
	"std:account:discover-schema",
	"std:account:enable",
	"std:account:list",
	"std:account:read",
	"std:account:unlock",
	"std:account:update",
	"std:agent:list",
	"std:application-discovery:list",
	"std:authenticate",
	"std:change-password",
	"std:config-options:read",
	"std:entitlement:list",
	"std:entitlement:read",
	"std:machine-identity:list",
	"std:resource:list",
	"std:source-data:discover",
	"std:source-data:read",
	"std:spec:read",
	"std:ssf-stream:create",
	"std:ssf-stream:delete",
	"std:ssf-stream:discover",
	"std:ssf-stream:read",
	"std:ssf-stream:replace",
	"std:ssf-stream:status-update",
	"std:ssf-stream:update",
	"std:ssf-stream:verify",
	"std:test-connection",
}
