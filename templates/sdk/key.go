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
	KeyTypeNone     KeyType = "" // any kind; identity and uuid may replace the key
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

// kind returns the key's type, which one that was not made by [CompoundKey] need not have.
func (k *Key) kind() KeyType {
	if k.Type == KeyTypeCompound {
		return KeyTypeCompound
	}
	return KeyTypeSimple
}

// isAbsent reports whether the key is the zero Key.
func (k *Key) isAbsent() bool {
	return k.SimpleID == "" && k.LookupID == "" && k.UniqueID == "" && k.Type == ""
}

// A keyProblem says what is wrong with an object's key, after a name of the object.
type keyProblem string

func (p keyProblem) Error() string { return "the object " + string(p) }

// problem says what is wrong with the key of an object whose keyType is want, "" when
// nothing is.
func (k *Key) problem(want KeyType) keyProblem {
	switch {
	case want != KeyTypeNone && k.kind() != want:
		return keyProblem("has a " + string(k.kind()) + " key, and the spec's keyType is " + string(want) + ": use " + want.maker() + " to make Key")
	case k.ID() == "":
		return "has a key without an ID"
	case k.Type == KeyTypeCompound && k.UniqueID == "":
		return "has a key without a unique ID"
	}
	return ""
}

// noKey says that an object lacks its key.
func noKey(want KeyType) keyProblem {
	if want == KeyTypeNone {
		return "has neither identity nor key: set Identity, or use " + keyProblem(want.maker()) + " to make Key"
	}
	return "has no key: use " + keyProblem(want.maker()) + " to make Key"
}

// maker returns the function that makes keys of the type.
func (t KeyType) maker() string {
	if t == KeyTypeCompound {
		return "sdk.CompoundKey"
	}
	return "sdk.SimpleKey"
}

func (k *Key) append(b []byte) []byte {
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
	if k.isAbsent() {
		return []byte("null"), nil
	}
	return k.append(nil), nil
}

// UnmarshalJSON reads a key of either kind. IDs may be numbers.
func (k *Key) UnmarshalJSON(data []byte) error {
	var wire struct{ Simple, Compound map[string]json.RawMessage }
	err := json.Unmarshal(data, &wire)
	text := func(raw json.RawMessage) string {
		id, notText := jsontext.ReadText(raw)
		err = errors.Join(err, notText)
		return id
	}
	*k = Key{}
	switch {
	case wire.Compound != nil:
		*k = CompoundKey(text(wire.Compound["lookupId"]), text(wire.Compound["uniqueId"]))
	case wire.Simple != nil:
		*k = SimpleKey(text(wire.Simple["id"]))
	}
	if err != nil {
		*k = Key{}
		return errors.New(`a key is {"simple":{"id":…}} or {"compound":{"lookupId":…,"uniqueId":…}}`)
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
