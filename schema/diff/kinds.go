package diff

// The effects shared by several kinds.
const (
	nothing       = "nothing else changes"
	textOnly      = "only what administrators read changes"
	readers       = "administrators should check rules and transforms that read it"
	newSources    = "only new sources begin with it"
	lookAtProfile = "existing create profiles still send the old field; tell administrators to review them"
)

// GoAPIChanged is the kind of a change in the generated package that no other change explains: for
// example, two names now collide. Package generator finds it.
const GoAPIChanged = "go-api-changed"

// kinds is the table of all kinds of changes.
var kinds = []Kind{
	{"command-removed", SourceBreaking, "A command is gone.", "ISC can no longer use it with any source"},
	{"command-added", SourceSafe, "A command is new.", "ISC may use it with every source"},
	{"command-order-changed", SourceSafe, "The commands are in a different order.", nothing},

	{"key-type-changed", SourceBreaking, "Objects have a different kind of key.", "ISC no longer recognizes its accounts and entitlements; make a new connector instead"},
	{"key-type-made-explicit", SourceReview, "The spec now says that keys are simple, or no longer does.", "objects are sent with key instead of identity and uuid, or the reverse; check that sources find their accounts"},
	{"account-schema-removed", SourceBreaking, "The account schema is gone.", "sources lose the attributes"},
	{"account-schema-added", SourceSafe, "The account schema is new.", "sources get the attributes with the next aggregation"},
	{"account-identity-attribute-changed", SourceBreaking, "Accounts are identified by a different attribute.", "their IDs change, so ISC treats all accounts as new; plan a migration, or keep the attribute"},
	{"account-display-attribute-changed", SourceReview, "Accounts are named after a different attribute.", "administrators see other names"},
	{"account-group-attribute-changed", SourceReview, "A different attribute holds the entitlements of accounts.", "administrators should check correlation and access profiles"},
	{"account-attribute-removed", SourceBreaking, "An account attribute is gone.", "sources lose its values and the mappings to them"},
	{"account-attribute-renamed", SourceBreaking, "An account attribute was probably renamed.", "sources lose the values of the old name, and mappings to it in ISC stay empty"},
	{"account-attribute-type-changed", SourceBreaking, "An account attribute has a different type.", "values already in ISC keep the old type"},
	{"account-attribute-multi-changed", SourceBreaking, "An account attribute that had one value has several, or the reverse.", "values already in ISC keep the old form"},
	{"account-attribute-entitlement-cleared", SourceBreaking, "An account attribute no longer holds entitlements.", "sources lose the entitlements and the access that is built on them"},
	{"account-attribute-entitlement-set", SourceReview, "An account attribute now holds entitlements.", "its values become entitlements with the next aggregation"},
	{"account-attribute-managed-cleared", SourceBreaking, "Entitlements of an account attribute can no longer be provisioned.", "access requests for its entitlements fail"},
	{"account-attribute-managed-set", SourceSafe, "Entitlements of an account attribute can now be provisioned.", "the update command must be able to change its values"},
	{"account-attribute-object-type-changed", SourceBreaking, "An account attribute holds entitlements of a different type.", "ISC looks up its values among other entitlements"},
	{"account-attribute-added", SourceSafe, "An account attribute is new.", "sources get its values with the next aggregation, if the client fills it"},
	{"account-attribute-required-changed", SourceSafe, "An account attribute is now required, or no longer is.", nothing},
	{"account-attribute-description-changed", SourceSafe, "The description of an account attribute has changed.", textOnly},
	{"account-attribute-order-changed", SourceSafe, "The account attributes are in a different order.", nothing},

	{"entitlement-type-removed", SourceBreaking, "An entitlement type is gone.", "sources lose its entitlements"},
	{"entitlement-type-added", SourceSafe, "An entitlement type is new.", "sources can aggregate its entitlements"},
	{"entitlement-identity-attribute-changed", SourceBreaking, "Entitlements are identified by a different attribute.", "their IDs change, so ISC treats all of them as new"},
	{"entitlement-display-attribute-changed", SourceReview, "Entitlements are named after a different attribute.", "administrators see other names"},
	{"entitlement-group-attribute-changed", SourceReview, "A different attribute of entitlements holds entitlements.", "administrators should check what is inherited"},
	{"entitlement-hierarchy-attribute-changed", SourceReview, "A different attribute of entitlements names the parent.", "administrators should check what is inherited"},
	{"entitlement-permissions-changed", SourceReview, "Entitlements now have permissions, or no longer do.", "administrators should check what entitlements show"},
	{"entitlement-attribute-removed", SourceReview, "An attribute of entitlements is gone.", "administrators no longer see it"},
	{"entitlement-attribute-renamed", SourceReview, "An attribute of entitlements was probably renamed.", "administrators no longer see the values of the old name"},
	{"entitlement-attribute-type-changed", SourceReview, "An attribute of entitlements has a different type.", readers},
	{"entitlement-attribute-multi-changed", SourceReview, "An attribute of entitlements that had one value has several, or the reverse.", readers},
	{"entitlement-attribute-added", SourceSafe, "An attribute of entitlements is new.", "administrators see its values after the next aggregation, if the client fills it"},
	{"entitlement-attribute-entitlement-set", SourceSafe, "An attribute of entitlements is marked as an entitlement.", nothing},
	{"entitlement-attribute-entitlement-cleared", SourceSafe, "An attribute of entitlements is no longer marked as an entitlement.", nothing},
	{"entitlement-attribute-managed-set", SourceSafe, "An attribute of entitlements is now managed.", nothing},
	{"entitlement-attribute-managed-cleared", SourceSafe, "An attribute of entitlements is no longer managed.", nothing},
	{"entitlement-attribute-object-type-changed", SourceSafe, "An attribute of entitlements names a different entitlement type.", nothing},
	{"entitlement-attribute-required-changed", SourceSafe, "An attribute of entitlements is now required, or no longer is.", nothing},
	{"entitlement-attribute-description-changed", SourceSafe, "The description of an attribute of entitlements has changed.", textOnly},
	{"entitlement-attribute-order-changed", SourceSafe, "The attributes of entitlements are in a different order.", nothing},

	{"create-template-removed", SourceReview, "The create template is gone.", "existing create profiles stay as they are"},
	{"create-template-added", SourceSafe, "The create template is new.", newSources},
	{"create-field-removed", SourceReview, "A field of the create template is gone.", lookAtProfile},
	{"create-field-renamed", SourceReview, "The key of a create template field was probably changed.", lookAtProfile},
	{"create-field-type-changed", SourceReview, "A field of the create template has a different type.", lookAtProfile},
	{"create-field-added-required", SourceReview, "A field of the create template is new and required.", "existing create profiles do not send it; tell administrators to add it"},
	{"create-field-added-optional", SourceSafe, "A field of the create template is new.", "existing create profiles do not send it"},
	{"create-field-made-required", SourceReview, "A field of the create template is now required.", "ISC no longer creates accounts for identities without the value"},
	{"create-field-made-optional", SourceSafe, "A field of the create template is now optional.", "the client must create accounts without it"},
	{"create-field-initial-value-changed", SourceSafe, "A field of the create template has a different initial value.", newSources},
	{"create-field-label-changed", SourceSafe, "A field of the create template has a different label.", textOnly},
	{"create-field-name-to-key", SourceSafe, "A field of the create template has its key in \"key\" instead of \"name\", or the reverse.", nothing},

	{"config-key-renamed", SourceBreaking, "A config item's key was probably changed.", "existing sources keep their value under the old key; read both for a while"},
	{"config-key-moved-scope", SourceBreaking, "A config item moved between the config and a card.", "existing sources keep their value in the old place"},
	{"config-go-type-changed", SourceBreaking, "A config item has a new type that holds different values.", "existing sources have a value of the old type"},
	{"config-required-key-added", SourceBreaking, "A config item is new, required and has no initial value.", "existing sources have no value for it and fail; make it optional, or give it an initial value"},
	{"config-key-removed", SourceSafe, "A config item is gone.", "existing sources keep a value that nobody reads"},
	{"config-option-removed", SourceBreaking, "An option of a config item is gone.", "existing sources may still have its value"},
	{"config-required-key-added-with-default", SourceReview, "A config item is new and required, and has an initial value.", "existing sources do not get the initial value; the client must work without it"},
	{"config-conditional-required-key-added", SourceReview, "A config item is new, and required where it is shown.", "existing sources that show it have no value for it"},
	{"config-type-changed", SourceReview, "A config item has a new type that holds the same values.", "existing sources keep their values; administrators should check them"},
	{"config-made-required", SourceReview, "A config item is now required.", "existing sources without a value fail"},
	{"config-visibility-changed", SourceReview, "A config item is shown under different conditions.", "existing sources may lack a value that is now needed, or have one that is not shown"},
	{"config-limit-changed", SourceReview, "A config item has different limits.", "existing sources may have values beyond them"},
	{"config-optional-key-added", SourceSafe, "A config item is new and optional.", "existing sources have no value for it"},
	{"config-option-added", SourceSafe, "A config item has a new option.", "the client should handle it"},
	{"config-made-optional", SourceSafe, "A config item is now optional.", "the client must work without a value"},
	{"config-text-changed", SourceSafe, "Texts of a config item have changed.", textOnly},
	{"config-moved", SourceSafe, "A config item moved within the form.", textOnly},
	{"config-order-changed", SourceSafe, "The config items are in a different order.", textOnly},
	{"config-card-presentation-changed", SourceSafe, "Cards are shown differently.", textOnly},
	{"layout-text-changed", SourceSafe, "Texts of menus or sections have changed.", textOnly},

	{"initial-value-added", SourceSafe, "A config item now has an initial value.", newSources},
	{"initial-value-removed", SourceSafe, "A config item no longer has an initial value.", "only new sources begin without it"},
	{"initial-value-changed", SourceSafe, "A config item has a different initial value.", newSources},

	{"stateful-commands-disabled", SourceBreaking, "Stateful commands are no longer supported.", "sources with delta aggregation aggregate everything again, or fail"},
	{"stateful-commands-enabled", SourceSafe, "Stateful commands are now supported.", "administrators can switch delta aggregation on"},
	{"custom-schemas-disabled", SourceReview, "Custom schemas are no longer supported.", "administrators should check sources whose schema they have changed"},
	{"custom-schemas-enabled", SourceSafe, "Custom schemas are now supported.", "administrators can change the schemas of sources"},
	{"debug-logging-option-disabled", SourceSafe, "The switch for debug logging is gone.", nothing},
	{"debug-logging-option-enabled", SourceSafe, "There is now a switch for debug logging.", nothing},

	{GoAPIChanged, SourceSafe, "A name of the generated package changed for another reason.", "sources are not affected"},
	{"name-changed", SourceSafe, "The connector has a different name.", textOnly},
	{"description-changed", SourceSafe, "The connector has a different description.", textOnly},
}
