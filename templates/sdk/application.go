package sdk

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// ApplicationDiscoveryListInput is the input of std:application-discovery:list.
// ISC may name several datasets; the client is called once for each, with its ID
// in DatasetID and no others.
type ApplicationDiscoveryListInput struct {
	DatasetIDs           []string
	DatasetID            string
	AdditionalParameters json.RawMessage
}

// An Application is one output of std:application-discovery:list. The SDK fills
// in the dataset's ID.
type Application struct {
	ID                  string           `json:"id"`
	PrimaryAppName      string           `json:"primaryAppName"`
	Description         string           `json:"description"`
	SecondaryAppName    string           `json:"secondaryAppName,omitempty"`
	Status              string           `json:"status,omitempty"`
	ConnectorCategory   string           `json:"connectorCategory,omitempty"`
	Logo                string           `json:"logo,omitempty"`
	AppURL              string           `json:"appUrl,omitempty"`
	CreatedAt           string           `json:"createdAt,omitempty"`
	UpdatedAt           string           `json:"updatedAt,omitempty"`
	UsersCount          string           `json:"usersCount,omitempty"` // a text in the protocol
	BusinessCriticality string           `json:"businessCriticality,omitempty"`
	DataClassification  string           `json:"dataClassification,omitempty"`
	BusinessUnit        string           `json:"businessUnit,omitempty"`
	InstallType         string           `json:"installType,omitempty"`
	Environment         string           `json:"environment,omitempty"`
	WarrantyExpiration  string           `json:"warrantyExpiration,omitempty"`
	OperationalStatus   string           `json:"operationalStatus,omitempty"`
	RiskLevel           string           `json:"riskLevel,omitempty"` // "High", "Medium" or "Low"
	LicenseCount        *float64         `json:"licenseCount,omitempty"`
	RiskScore           *float64         `json:"riskScore,omitempty"`
	TotalSigninsCount   *float64         `json:"totalSigninsCount,omitempty"`
	IsSanctioned        *bool            `json:"isSanctioned,omitempty"`
	IsBusiness          *bool            `json:"isBusiness,omitempty"`
	IsPrivileged        *bool            `json:"isPrivileged,omitempty"`
	ApplicationOwner    []string         `json:"applicationOwner,omitempty"`
	ITApplicationOwner  []string         `json:"itApplicationOwner,omitempty"`
	Groups              []map[string]any `json:"groups,omitempty"`
	Attributes          map[string]any   `json:"attributes,omitempty"`
	DatasetID           string           `json:"datasetId,omitempty"`

	// Extra holds further members, by name. A field takes precedence over a
	// member of its name.
	Extra map[string]any `json:"-"`
}

// MarshalJSON writes the fields, and then the further members in the order of
// their names.
func (a Application) MarshalJSON() ([]byte, error) {
	type fields Application
	text, err := json.Marshal(fields(a))
	if err != nil || len(a.Extra) == 0 {
		return text, err
	}
	return appendMembers(text, withoutFields[Application](a.Extra))
}

// UnmarshalJSON reads the fields and the further members.
func (a *Application) UnmarshalJSON(data []byte) error {
	type fields Application
	var extra map[string]any
	*a = Application{}
	if err := errors.Join(json.Unmarshal(data, (*fields)(a)), json.Unmarshal(data, &extra)); err != nil {
		return err
	}
	if extra = withoutFields[Application](extra); len(extra) > 0 {
		a.Extra = extra
	}
	return nil
}

// withoutFields returns the members that no field of T has.
func withoutFields[T any](members map[string]any) map[string]any {
	rest := maps.Clone(members)
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		delete(rest, name)
	}
	return rest
}

// appendMembers adds members to a JSON object that has some.
func appendMembers(object []byte, members map[string]any) ([]byte, error) {
	out := object[:len(object)-1]
	for _, name := range jsontext.SortedKeys(members) {
		var err error
		out = append(jsontext.AppendString(append(out, ','), name), ':')
		if out, err = appendValue(out, members[name]); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}
