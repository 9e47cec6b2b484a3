// Package sdk is for SaaS connectors for SailPoint Identity Security Cloud (ISC), written
// in Go. It needs only the standard library. It speaks the protocol of the official
// TypeScript SDK: commands come in as JSON, answers go out as newline-delimited JSON, one
// line per output.
//
// An author implements the Client of the generated package, whose New returns a
// [Connector]. What depends on a connector's spec is generated; what does not is here:
//
//   - Inputs and outputs of commands, such as [AccountListInput], [Key] and [Result]. A
//     [Stream] sends many outputs, and whole sequences with [Stream.SendAll]. Its [Writer]
//     sends state, keep-alives and config patches. [MapAll] and [Mapped] turn objects of the
//     source into outputs, and [MapCalls] does so with a call for each.
//   - An [AccountUpdateInput] has typed changes: a [Change] or [ListChange] for each
//     attribute. Its Apply applies them all, and [Unhandled] reports those that a client
//     does not handle.
//   - [NotFound] and [Errorf] make errors that ISC acts on, [IsNotFound] recognizes a
//     NotFound, and a [ConfigError] lists the problems of a config. [Lenient] keeps sources
//     working that were made with an older spec.
//   - [Logger] and [Info] tell a command about itself. A [Secret] or [SecretJSON] is never
//     printed.
//   - [ListPartitions] and [Partitioned] list large sources concurrently, and
//     [DecodeState] reads what [Writer.SaveState] saved.
//   - [Before] and [After] add hooks to a [Method], [Connector.Use] adds middleware, and
//     [WithHandler] answers a command that the spec does not list.
//   - [Call] runs a command in a test, and [Outputs] does so without keeping the outputs in
//     memory. [Connector.SelfTest] checks that a connector follows the protocol and its
//     spec.
//
// The package sdk/rest calls the source's API: it authenticates, retries, observes limits and
// reads pages as sequences. The package sdk/sdktest records the answers of a source and
// replays them in tests.
//
// # State between commands
//
// Each command gets its own client, made from the command's config and closed after the
// command. To keep data for later commands:
//
//   - sdk/rest keeps tokens, limits and connections for the whole process. Each client
//     makes a new rest.Client, which is cheap and shares them.
//   - Keep lookups, such as the names of groups, in a [Cache] in a package variable.
//   - A stateful list saves its state with [Writer.SaveState], and the next run gets it in the
//     State of its input.
//   - To keep data beyond the process, such as a refresh token that the source replaces, write
//     it to the source's config with [PatchConfig]. Later commands find it in their Config if
//     the spec has an item for it, else in the Extra of the Config.
//
// ISC may end the process between any two commands, and may run several at once. Memory can
// save work, but must never hold the only copy.
//
// # For generated code
//
// Authors need neither names whose comments say that they are for generated code nor the
// packages sdk/config and sdk/memory. The package sdk/filter reads the filters of
// aggregations, and sdk/selftest has the types of the self test.
package sdk
