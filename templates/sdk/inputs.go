package sdk

// Inputs are as tolerant as the config: any member may be missing, scalars are converted,
// unknown members are ignored. What a command can do without is advisory: where it does not
// fit it is ignored, and the log says so. An identity or a key that does not fit is missing,
// and a request that then names no object fails.

// WireFields maps the fields to their JSON members.
func (in *TestConnectionInput) WireFields(w *Fields) { w.Schema("accountSchema", &in.AccountSchema) }

// MarshalJSON encodes the wire form.
func (in TestConnectionInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *TestConnectionInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *AccountListInput) WireFields(w *Fields) {
	w.advisory().Flag("stateful", &in.Stateful)
	w.raw("state", &in.State)
	w.Schema("schema", &in.Schema)
}

// MarshalJSON encodes the wire form.
func (in AccountListInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *AccountListInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *AccountReadInput) WireFields(w *Fields) {
	w.advisory().String("identity", &in.Identity)
	w.advisory().anyKey("key", &in.Key)
	w.Schema("schema", &in.Schema)
}

// MarshalJSON encodes the wire form.
func (in AccountReadInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *AccountReadInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *AccountDeleteInput) WireFields(w *Fields) { (*AccountReadInput)(in).WireFields(w) }

// MarshalJSON encodes the wire form.
func (in AccountDeleteInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *AccountDeleteInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *AccountEnableInput) WireFields(w *Fields) { (*AccountReadInput)(in).WireFields(w) }

// MarshalJSON encodes the wire form.
func (in AccountEnableInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *AccountEnableInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *AccountDisableInput) WireFields(w *Fields) { (*AccountReadInput)(in).WireFields(w) }

// MarshalJSON encodes the wire form.
func (in AccountDisableInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *AccountDisableInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *AccountUnlockInput) WireFields(w *Fields) { (*AccountReadInput)(in).WireFields(w) }

// MarshalJSON encodes the wire form.
func (in AccountUnlockInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *AccountUnlockInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields ties no fields: the input has no members.
func (*AccountDiscoverSchemaInput) WireFields(*Fields) {}

// WireFields maps the fields to their JSON members.
func (in *EntitlementListInput) WireFields(w *Fields) {
	w.String("type", &in.Type)
	w.advisory().Flag("stateful", &in.Stateful)
	w.raw("state", &in.State)
	optional(w.advisory(), "schema", &in.Schema)
}

// MarshalJSON encodes the wire form.
func (in EntitlementListInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *EntitlementListInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *EntitlementReadInput) WireFields(w *Fields) {
	w.advisory().String("identity", &in.Identity)
	w.advisory().anyKey("key", &in.Key)
	w.String("type", &in.Type)
	optional(w.advisory(), "schema", &in.Schema)
}

// MarshalJSON encodes the wire form.
func (in EntitlementReadInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *EntitlementReadInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *ChangePasswordInput) WireFields(w *Fields) {
	w.advisory().String("identity", &in.Identity)
	w.advisory().anyKey("key", &in.Key)
	w.Secret("password", &in.Password)
}

// MarshalJSON encodes the wire form, without the password.
func (in ChangePasswordInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *ChangePasswordInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *AuthenticateInput) WireFields(w *Fields) {
	w.advisory().String("identity", &in.Identity)
	w.advisory().anyKey("key", &in.Key)
	w.String("username", &in.Username)
	w.Secret("password", &in.Password)
	w.raw("options", &in.Options)
	w.Schema("schema", &in.Schema)
}

// MarshalJSON encodes the wire form, without the password.
func (in AuthenticateInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *AuthenticateInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *ResourceInput) WireFields(w *Fields) {
	w.advisory().String("identity", &in.Identity)
	w.advisory().anyKey("key", &in.Key)
	w.raw("schema", &in.Schema)
	w.raw("options", &in.Options)
}

// MarshalJSON encodes the wire form.
func (in ResourceInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *ResourceInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *ConfigOptionsReadInput) WireFields(w *Fields) { w.String("key", &in.Key) }

// MarshalJSON encodes the wire form.
func (in ConfigOptionsReadInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *ConfigOptionsReadInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (q *Query) WireFields(w *Fields) {
	w.String("query", &q.Query)
	w.number("limit", &q.Limit)
}

// WireFields maps the fields to their JSON members.
func (q *ReadQuery) WireFields(w *Fields) {
	w.String("query", &q.Query)
	w.Strings("excludeItems", &q.ExcludeItems)
	w.number("limit", &q.Limit)
}

// WireFields maps the fields to their JSON members.
func (in *SourceDataDiscoverInput) WireFields(w *Fields) {
	w.advisory().Object("queryInput", &in.QueryInput)
}

// MarshalJSON encodes the wire form.
func (in SourceDataDiscoverInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *SourceDataDiscoverInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *SourceDataReadInput) WireFields(w *Fields) {
	w.String("sourceDataKey", &in.SourceDataKey)
	w.advisory().Object("queryInput", &in.QueryInput)
}

// MarshalJSON encodes the wire form.
func (in SourceDataReadInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *SourceDataReadInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *DatasetInput) WireFields(w *Fields) {
	w.String("datasetId", &in.DatasetID)
	optional(w.advisory(), "datasetSchema", &in.Schema)
}

// MarshalJSON writes the input as the original SDK hands it to the connector.
func (in DatasetInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON reads what MarshalJSON writes.
func (in *DatasetInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// datasetsInput is the input of the dataset commands on the wire.
type datasetsInput struct {
	IDs     []string
	Schemas map[string]*DatasetSchema
}

func (in *datasetsInput) WireFields(w *Fields) {
	w.Strings("datasetIds", &in.IDs)
	byName(w.advisory(), "datasetSchemas", &in.Schemas)
}

// WireFields maps the fields to their JSON members.
func (in *ApplicationDiscoveryListInput) WireFields(w *Fields) {
	w.Strings("datasetIds", &in.DatasetIDs)
	w.String("datasetId", &in.DatasetID)
	w.raw("additionalParameters", &in.AdditionalParameters)
}

// MarshalJSON encodes the wire form.
func (in ApplicationDiscoveryListInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *ApplicationDiscoveryListInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (in *SSFStreamInput) WireFields(w *Fields) { w.raw("stream", &in.Stream) }

// MarshalJSON encodes the wire form.
func (in SSFStreamInput) MarshalJSON() ([]byte, error) { return Marshal(&in) }

// UnmarshalJSON decodes the wire form.
func (in *SSFStreamInput) UnmarshalJSON(data []byte) error { return Unmarshal(data, in) }

// WireFields maps the fields to their JSON members.
func (m *AttributeMetadata) WireFields(w *Fields) {
	w.Required().String("attribute", &m.Attribute)
	w.secretJSON("value", &m.Value)
	w.advisory().values("metadata", &m.Metadata)
}

// MarshalJSON encodes the wire form, without the value.
func (m AttributeMetadata) MarshalJSON() ([]byte, error) { return Marshal(&m) }

// UnmarshalJSON decodes the wire form.
func (m *AttributeMetadata) UnmarshalJSON(data []byte) error { return Unmarshal(data, m) }
