package diff

// The effects that several kinds have.
const (
	nothing       = "nothing else changes"
	textOnly      = "only what administrators read changes"
	noCompile     = "code that uses it no longer compiles"
	newSources    = "only sources that are made from now on begin with it"
	lookAtProfile = "existing create profiles still send the old field; tell administrators to review them"
)

// kinds is the table of all kinds of changes.
var kinds = []Kind{
	{"command-removed", GoBreaking, SourceBreaking, "A command is gone.", "its method is no longer called, and ISC can no longer do it with any source"},
	{"command-added", GoBreaking, SourceSafe, "A command is new.", "the client needs a method for it; conngen stub adds it"},
	{"command-order-changed", GoNone, SourceSafe, "The commands are in another order.", nothing},

	{"key-type-changed", GoBreaking, SourceBreaking, "Objects have another kind of key.", "ISC does not find its accounts and entitlements again; make a new connector instead"},
	{"account-schema-removed", GoBreaking, SourceBreaking, "The account schema is gone.", "code that uses account attributes no longer compiles, and sources lose the attributes"},
	{"account-schema-added", GoAdditive, SourceSafe, "The account schema is new.", "accounts have typed attributes now"},
	{"account-identity-attribute-changed", GoNone, SourceBreaking, "Accounts are identified by another attribute.", "their IDs change, so that ISC takes all accounts for new ones; plan a migration, or keep the attribute"},
	{"account-display-attribute-changed", GoNone, SourceReview, "Accounts are named after another attribute.", "administrators see other names"},
	{"account-group-attribute-changed", GoNone, SourceReview, "Another attribute holds the entitlements of accounts.", "administrators should check correlation and access profiles"},
	{"account-attribute-removed", GoBreaking, SourceBreaking, "An account attribute is gone.", noCompile + ", and sources lose its values and the mappings to them"},
	{"account-attribute-renamed", GoBreaking, SourceBreaking, "An account attribute probably has another name.", "code that uses the old name no longer compiles, and mappings to it in ISC stay empty"},
	{"account-attribute-type-changed", GoBreaking, SourceBreaking, "An account attribute has another type.", "code that uses it no longer compiles, and values that ISC has keep the old type"},
	{"account-attribute-multi-changed", GoBreaking, SourceBreaking, "An account attribute has several values and had one, or the reverse.", "code that uses it no longer compiles, and values that ISC has keep the old form"},
	{"account-attribute-entitlement-cleared", GoNone, SourceBreaking, "An account attribute holds entitlements no longer.", "sources lose the entitlements and the access that is built on them"},
	{"account-attribute-entitlement-set", GoNone, SourceReview, "An account attribute holds entitlements now.", "its values become entitlements with the next aggregation"},
	{"account-attribute-managed-cleared", GoNone, SourceBreaking, "Entitlements of an account attribute can no longer be provisioned.", "access requests for them fail"},
	{"account-attribute-managed-set", GoNone, SourceSafe, "Entitlements of an account attribute can be provisioned now.", "the update command must be able to change them"},
	{"account-attribute-object-type-changed", GoNone, SourceBreaking, "An account attribute holds entitlements of another type.", "ISC looks up its values among other entitlements"},
	{"account-attribute-added", GoAdditive, SourceSafe, "An account attribute is new.", "code may fill it"},
	{"account-attribute-required-changed", GoNone, SourceSafe, "An account attribute must be there now, or need no longer.", nothing},
	{"account-attribute-description-changed", GoNone, SourceSafe, "The description of an account attribute has changed.", textOnly},
	{"account-attribute-order-changed", GoNone, SourceSafe, "The account attributes are in another order.", nothing},

	{"entitlement-type-removed", GoBreaking, SourceBreaking, "An entitlement type is gone.", "code that uses it no longer compiles, and sources lose its entitlements"},
	{"entitlement-type-added", GoAdditive, SourceSafe, "An entitlement type is new.", "the client needs methods for it; conngen stub adds them"},
	{"entitlement-identity-attribute-changed", GoNone, SourceBreaking, "Entitlements are identified by another attribute.", "their IDs change, so that ISC takes all of them for new ones"},
	{"entitlement-display-attribute-changed", GoNone, SourceReview, "Entitlements are named after another attribute.", "administrators see other names"},
	{"entitlement-group-attribute-changed", GoNone, SourceReview, "Another attribute of entitlements holds entitlements.", "administrators should check what is inherited"},
	{"entitlement-hierarchy-attribute-changed", GoNone, SourceReview, "Another attribute of entitlements names the parent.", "administrators should check what is inherited"},
	{"entitlement-permissions-changed", GoNone, SourceReview, "Entitlements have permissions, or have none any more.", "administrators should check what is shown of entitlements"},
	{"entitlement-attribute-removed", GoBreaking, SourceReview, "An attribute of entitlements is gone.", noCompile + ", and administrators no longer see it"},
	{"entitlement-attribute-renamed", GoBreaking, SourceReview, "An attribute of entitlements probably has another name.", "code that uses the old name no longer compiles"},
	{"entitlement-attribute-type-changed", GoBreaking, SourceReview, "An attribute of entitlements has another type.", noCompile},
	{"entitlement-attribute-multi-changed", GoBreaking, SourceReview, "An attribute of entitlements has several values and had one, or the reverse.", noCompile},
	{"entitlement-attribute-added", GoAdditive, SourceSafe, "An attribute of entitlements is new.", "code may fill it"},
	{"entitlement-attribute-entitlement-set", GoNone, SourceSafe, "An attribute of entitlements is marked as an entitlement.", nothing},
	{"entitlement-attribute-entitlement-cleared", GoNone, SourceSafe, "An attribute of entitlements is no longer marked as an entitlement.", nothing},
	{"entitlement-attribute-managed-set", GoNone, SourceSafe, "An attribute of entitlements is managed now.", nothing},
	{"entitlement-attribute-managed-cleared", GoNone, SourceSafe, "An attribute of entitlements is no longer managed.", nothing},
	{"entitlement-attribute-object-type-changed", GoNone, SourceSafe, "An attribute of entitlements names another entitlement type.", nothing},
	{"entitlement-attribute-required-changed", GoNone, SourceSafe, "An attribute of entitlements must be there now, or need no longer.", nothing},
	{"entitlement-attribute-description-changed", GoNone, SourceSafe, "The description of an attribute of entitlements has changed.", textOnly},
	{"entitlement-attribute-order-changed", GoNone, SourceSafe, "The attributes of entitlements are in another order.", nothing},

	{"create-template-removed", GoBreaking, SourceReview, "The create template is gone.", "code that uses its fields no longer compiles; existing create profiles stay as they are"},
	{"create-template-added", GoAdditive, SourceSafe, "The create template is new.", newSources},
	{"create-field-removed", GoBreaking, SourceReview, "A field of the create template is gone.", noCompile + ", and " + lookAtProfile},
	{"create-field-renamed", GoBreaking, SourceReview, "A field of the create template probably has another key.", "code that uses the old one no longer compiles, and " + lookAtProfile},
	{"create-field-type-changed", GoBreaking, SourceReview, "A field of the create template has another type.", noCompile + ", and " + lookAtProfile},
	{"create-field-added-required", GoAdditive, SourceReview, "A field of the create template is new and required.", "existing create profiles do not send it; tell administrators to add it"},
	{"create-field-added-optional", GoAdditive, SourceSafe, "A field of the create template is new.", "existing create profiles do not send it"},
	{"create-field-made-required", GoNone, SourceReview, "A field of the create template is required now.", "accounts of identities without the value are no longer created"},
	{"create-field-made-optional", GoNone, SourceSafe, "A field of the create template is optional now.", "the client must create accounts without it"},
	{"create-field-initial-value-changed", GoNone, SourceSafe, "A field of the create template has another initial value.", newSources},
	{"create-field-label-changed", GoNone, SourceSafe, "A field of the create template has another label.", textOnly},
	{"create-field-name-to-key", GoNone, SourceSafe, "A field of the create template is named by key in place of name.", nothing},

	{"config-key-renamed", GoBreaking, SourceBreaking, "A config item probably has another key.", "code that uses the old one no longer compiles, and existing sources keep their value under the old key; read both for a while"},
	{"config-key-moved-scope", GoBreaking, SourceBreaking, "A config item moved between the config and a card.", "code that uses it no longer compiles, and existing sources keep their value at the old place"},
	{"config-go-type-changed", GoBreaking, SourceBreaking, "A config item has a type of other values.", "code that uses it no longer compiles, and existing sources have a value of the old type"},
	{"config-required-key-added", GoAdditive, SourceBreaking, "A config item is new, required and without initial value.", "existing sources have no value for it and fail; make it optional, or give it an initial value"},
	{"config-key-removed", GoBreaking, SourceSafe, "A config item is gone.", noCompile + "; existing sources keep a value that nobody reads"},
	{"config-option-removed", GoBreaking, SourceBreaking, "An option of a config item is gone.", "code that uses its constant no longer compiles, and existing sources may still have it"},
	{"config-required-key-added-with-default", GoAdditive, SourceReview, "A config item is new and required, and has an initial value.", "existing sources do not get the initial value; the client must do without"},
	{"config-conditional-required-key-added", GoAdditive, SourceReview, "A config item is new, and required where it is shown.", "existing sources that show it have no value for it"},
	{"config-type-changed", GoNone, SourceReview, "A config item has another type of the same values.", "existing sources keep their values; administrators should check them"},
	{"config-made-required", GoNone, SourceReview, "A config item is required now.", "existing sources without a value fail"},
	{"config-visibility-changed", GoNone, SourceReview, "A config item is shown under other conditions.", "existing sources may lack a value that is needed now, or have one that is not shown"},
	{"config-limit-changed", GoNone, SourceReview, "A config item has other limits.", "existing sources may have values beyond them"},
	{"config-optional-key-added", GoAdditive, SourceSafe, "A config item is new and optional.", "existing sources have no value for it"},
	{"config-option-added", GoAdditive, SourceSafe, "A config item has a new option.", "code should know it"},
	{"config-made-optional", GoNone, SourceSafe, "A config item is optional now.", "the client must do without a value"},
	{"config-text-changed", GoNone, SourceSafe, "Texts of a config item have changed.", textOnly},
	{"config-moved", GoNone, SourceSafe, "A config item stands elsewhere in the form.", textOnly},
	{"config-order-changed", GoNone, SourceSafe, "The config items are in another order.", textOnly},
	{"config-card-presentation-changed", GoNone, SourceSafe, "Cards are shown in another way.", textOnly},
	{"layout-text-changed", GoNone, SourceSafe, "Texts of menus or sections have changed.", textOnly},

	{"initial-value-added", GoNone, SourceSafe, "A config item has an initial value now.", newSources},
	{"initial-value-removed", GoNone, SourceSafe, "A config item has no initial value any more.", "only sources that are made from now on begin without it"},
	{"initial-value-changed", GoNone, SourceSafe, "A config item has another initial value.", newSources},

	{"stateful-commands-disabled", GoNone, SourceBreaking, "Stateful commands are no longer supported.", "sources with delta aggregation aggregate everything again, or fail"},
	{"stateful-commands-enabled", GoNone, SourceSafe, "Stateful commands are supported.", "administrators can switch delta aggregation on"},
	{"custom-schemas-disabled", GoNone, SourceReview, "Custom schemas are no longer supported.", "administrators should check sources whose schema they have changed"},
	{"custom-schemas-enabled", GoNone, SourceSafe, "Custom schemas are supported.", "administrators can change the schemas of sources"},
	{"debug-logging-option-disabled", GoNone, SourceSafe, "The switch for debug logging is gone.", nothing},
	{"debug-logging-option-enabled", GoNone, SourceSafe, "There is a switch for debug logging.", nothing},

	{"key-type-made-explicit", GoNone, SourceSafe, "The kind of keys is written out, or no longer.", nothing},
	{"name-changed", GoNone, SourceSafe, "The connector has another name.", textOnly},
	{"description-changed", GoNone, SourceSafe, "The connector has another description.", textOnly},
}
