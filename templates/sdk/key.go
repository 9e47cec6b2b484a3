package sdk

import (
	"encoding/json"
	"errors"

	"github.com/conngen/conngen/templates/sdk/internal/jsontext"
)

// KeyType says which kind of [Key] the objects of a connector have.
type KeyType string

// The key types of a spec.
const (
	KeyTypeNone     KeyType = "" // any kind; identity and uuid may stand in for the key
	KeyTypeSimple   KeyType = "simple"
	KeyTypeCompound KeyType = "compound"
)

// A Key identifies an account or entitlement: simple with one ID, or compound
// with a lookup ID and a unique ID. Make one with [SimpleKey] or [CompoundKey];
// the zero Key is absent.
type Key struct {
	Type     KeyType
	SimpleID string // simple: {"simple":{"id":…}}
	LookupID string // compound: {"compound":{"lookupId":…,"uniqueId":…}}
	UniqueID string
}

// SimpleKey returns the simple key with an ID.
func SimpleKey(id string) Key { return Key{Type: KeyTypeSimple, SimpleID: id} }

// CompoundKey returns the compound key with a lookup ID, which is the native
// identity, and a unique ID, which never changes.
func CompoundKey(lookupID, uniqueID string) Key {
	return Key{Type: KeyTypeCompound, LookupID: lookupID, UniqueID: uniqueID}
}

// ID returns the native identity that the key holds: the simple ID or the
// lookup ID, "" when the key is absent.
func (k Key) ID() string {
	if k.Type == KeyTypeCompound {
		return k.LookupID
	}
	return k.SimpleID
}

// check refuses a key of another kind than want, and one that lacks an ID.
func (k Key) check(want KeyType) error {
	switch {
	case want == KeyTypeSimple && k.Type != KeyTypeSimple:
		return errors.New("expected simple key type")
	case want == KeyTypeCompound && k.Type != KeyTypeCompound:
		return errors.New("expected compound key type")
	case k.ID() == "":
		return errors.New("the key has no ID")
	case k.Type == KeyTypeCompound && k.UniqueID == "":
		return errors.New("the key has no unique ID")
	}
	return nil
}

func (k Key) append(b []byte) []byte {
	if k.Type == KeyTypeCompound {
		b = append(b, `{"compound":{"lookupId":`...)
		b = jsontext.AppendString(b, k.LookupID)
		b = append(b, `,"uniqueId":`...)
		b = jsontext.AppendString(b, k.UniqueID)
		return append(b, "}}"...)
	}
	b = append(b, `{"simple":{"id":`...)
	b = jsontext.AppendString(b, k.SimpleID)
	return append(b, "}}"...)
}

// MarshalJSON writes the key as the protocol has it; the absent key is null.
func (k Key) MarshalJSON() ([]byte, error) {
	if k == (Key{}) {
		return []byte("null"), nil
	}
	return k.append(nil), nil
}

// UnmarshalJSON reads a key of either kind.
func (k *Key) UnmarshalJSON(data []byte) error {
	var wire struct {
		Simple *struct {
			ID string `json:"id"`
		} `json:"simple"`
		Compound *struct {
			LookupID string `json:"lookupId"`
			UniqueID string `json:"uniqueId"`
		} `json:"compound"`
	}
	if err := json.Unmarshal(data, &wire); err != nil {
		return errors.New(`a key is {"simple":{"id":…}} or {"compound":{"lookupId":…,"uniqueId":…}}`)
	}
	*k = Key{}
	if wire.Simple != nil {
		*k = SimpleKey(wire.Simple.ID)
	}
	if wire.Compound != nil {
		*k = CompoundKey(wire.Compound.LookupID, wire.Compound.UniqueID)
	}
	return nil
}

// nativeIdentity picks the native identity from what an object or input carries.
func nativeIdentity(k Key, identity string) string {
	if id := k.ID(); id != "" {
		return id
	}
	return identity
}
