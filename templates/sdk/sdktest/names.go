package sdktest

import (
	"slices"
	"strings"
	"unicode"

	"github.com/conngen/conngen/templates/sdk/internal/words"
)

// secretEndings end the names of members, parameters and headers that hold secrets other than
// passwords.
var secretEndings = []string{
	"token", "accesstoken", "refreshtoken", "idtoken", "authtoken", "sessiontoken", "csrftoken", "jwt", "bearer", "assertion",
	"api key", "apikey", "access key", "accesskey", "secret key", "secretkey", "private key", "privatekey", "shared key", "account key",
	"subscription key", "signing key", "encryption key", "master key", "session key", "sessionkey",
	"session", "session id", "sessionid", "csrf", "xsrf", "otp", "passcode", "signature", "sig", "hmac", "nonce",
	"authorization code", "auth code", "verification code", "recovery code", "activation code", "code verifier", "code challenge",
	"credential", "authorization", "connection string", "password hash", "hash value", "salt", "recovery answer", "question answer",
	"samlresponse",
}

// cursorEndings end the names of tokens for the next page, which are not secret.
var cursorEndings = []string{
	"page token", "pagetoken", "next token", "nexttoken", "previous token", "prev token", "continuation token", "skip token", "skiptoken",
	"delta token", "deltatoken", "sync token", "start token",
}

// isSecret reports whether a member, parameter or header holds secrets, by its name.
func (o *options) isSecret(name string) bool {
	switch {
	case contains(o.public, name):
		return false
	case contains(o.secret, name), contains(o.passwords, name):
		return true
	}
	for _, one := range []string{name, strings.TrimSuffix(name, "s")} {
		if words.Password(one) || words.End(one, secretEndings) && !words.End(one, cursorEndings) {
			return true
		}
	}
	return false
}

// contains reports whether a name is one of several, in any case.
func contains(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// A kind is a kind of personal value.
type kind int

const (
	notPersonal kind = iota
	givenName
	familyName
	fullName
	login
	phone
	address
	otherPersonal // personal by an option of the author
)

// The endings of names that always hold personal values.
var personalEndings = map[kind][]string{
	givenName:  {"given name", "givenname", "first name", "firstname", "middle name", "middlename", "forename", "nick name", "nickname", "preferred name"},
	familyName: {"family name", "familyname", "last name", "lastname", "surname", "maiden name"},
	fullName:   {"full name", "fullname", "real name", "legal name"},
	phone: {
		"phone", "phones", "telephone", "telephones", "mobile", "cell", "cellphone", "fax", "pager", "phone number", "phone numbers", "phonenumber",
		"telephone number", "telephonenumber", "mobile number", "fax number", "ssn", "social security number", "national id",
	},
	address: {
		"street", "street address", "streetaddress", "address line", "addressline", "postal address", "home address", "mailing address",
		"postal code", "postalcode", "post code", "postcode", "zip", "zip code", "zipcode", "city", "town", "locality", "po box",
	},
}

// The endings of names that hold personal values in an object about a person.
var (
	fullNames       = []string{"name", "cn", "display", "formatted"} // as whole names: companyName is not personal
	fullNameEndings = []string{"display name", "displayname", "display value", "common name", "formatted name", "person name", "employee name"}
	loginEndings    = []string{
		"user name", "username", "login", "logon", "login name", "login id", "account name", "sam account name", "user principal name",
		"upn", "uid", "alias", "handle", "mail nickname",
	}
	managerEndings = []string{"manager", "supervisor"} // may be an ID, too
)

// Names that show that an object is about a person, or about a group, which may have an email
// address too.
var (
	emailEndings  = []string{"email", "emails", "e mail", "mail", "mails", "email address", "emailaddress", "mail address", "user principal name", "upn"}
	typeNames     = []string{"type", "kind", "@odata.type", "objecttype", "resourcetype", "objectclass", "schemas", "$ref"}
	personTypes   = []string{"user", "person", "employee", "contact"}
	groupTypes    = []string{"group", "team", "role", "organization", "department", "permission", "privilege", "scope", "entitlement", "license"}
	groupEndings  = []string{"group type", "group types", "mail enabled", "security enabled", "members", "member count", "members count"}
	personParents = []string{
		"user", "users", "person", "persons", "people", "employee", "employees", "contacts", "members", "manager", "supervisor", "owner", "owners",
		"assignee", "approver", "requester", "caller", "assigned to", "created by", "updated by", "opened by", "requested for",
	}
)

// wrappers are the names of members that hold lists of any objects.
var wrappers = []string{"value", "values", "result", "results", "items", "data", "records", "resources", "list", "entries", "content", "elements"}

// collectionOf returns the collection in a path: "users" for /users and /users/7, "roles" for
// /users/7/roles.
func collectionOf(path string) string {
	segments := strings.Split(path, "/")
	for _, segment := range slices.Backward(segments[max(0, len(segments)-2):]) {
		if words.End(segment, personParents) || isGroup(segment) {
			return segment
		}
	}
	return ""
}

// isGroup reports whether a member or list holds groups or the like, by its name.
func isGroup(name string) bool { return words.End(strings.TrimSuffix(name, "s"), groupTypes) }

// notNames are words of APIs that also occur as names in test systems: "Test User".
var notNames = strings.Fields(`account active admin administrator api bot case close day default demo dev developer false field grant group guest
	integration key link list long manager mark may member name none null open page person price private public role root sales service session
	state status support sync system test tester true type unknown user users will yes`)

// meanings returns the names that describe a value: of its member, of the member that has its
// object, and of its attribute, as in
//
//	{"phones": [{"value": "555-0100"}]}
//	{"op": "replace", "path": "phone", "value": "555-0100"}
func (at place) meanings() []string {
	all := []string{at.name}
	switch at.name {
	case "value", "values", "number":
	default:
		return all
	}
	if at.parent != "" {
		all = append(all, at.parent)
	}
	for _, name := range []string{"attribute", "path", "name", "key", "field"} {
		if at.object == nil {
			break
		}
		if other := at.object.member(name); other != nil {
			attribute, _, _ := strings.Cut(other.text, "[") // phones[type eq "work"].value
			all = append(all, attribute)
		}
	}
	return all
}

// kindOf returns the kind of personal value in a place, by the names of the member and of its
// parents.
func (o *options) kindOf(at place) kind {
	names := at.meanings()
	switch {
	case slices.ContainsFunc(names, func(name string) bool { return contains(o.public, name) }):
		return notPersonal
	case slices.ContainsFunc(names, func(name string) bool { return contains(o.personal, name) }):
		return otherPersonal
	case strings.EqualFold(at.parent, "name"):
		names = append(names, at.name+" name") // {"name": {"first": …}}
	}
	for _, name := range names {
		name = strings.TrimRight(name, "0123456789 _-") // addressLine1
		if strings.EqualFold(name, "sn") {              // deviceSN is a serial number
			return familyName
		}
		for k := givenName; k < otherPersonal; k++ {
			if words.End(name, personalEndings[k]) && !words.End(name, loginEndings) {
				return k
			}
		}
	}
	return notPersonal
}

// kindIn returns the kind of a value that is personal only if its object is about a person.
func (m *mask) kindIn(at place, leaf *node) kind {
	if m.kindOf(at) != notPersonal || !m.isAboutPerson(at.object, at.parent) {
		return notPersonal
	}
	for _, name := range at.meanings() {
		switch {
		case contains(m.public, name):
			return notPersonal
		case words.End(name, loginEndings):
			return login
		case contains(fullNames, name) || words.End(name, fullNameEndings):
			return fullName
		case words.End(name, managerEndings) && len(wordsOf(leaf.text)) > 1 && count(leaf.text, unicode.IsDigit) == 0:
			return fullName
		case words.End(name, []string{"address"}):
			return address
		}
	}
	return notPersonal
}

// isAboutPerson reports whether an object is about a person; parent is the name of its member.
func (m *mask) isAboutPerson(object *node, parent string) bool {
	if object == nil {
		return false
	}
	about, known := m.about[object]
	if !known {
		about = m.findPerson(object, parent)
		m.about[object] = about
	}
	return about
}

// findPerson looks for attributes that only people have.
func (m *mask) findPerson(object *node, parent string) bool {
	if parent == "" || contains(wrappers, parent) {
		parent = m.collection
	}
	if isGroup(parent) {
		return false
	}
	found := words.End(parent, personParents) || object.member("op") != nil && object.member("attribute") != nil // a change of an account
	for i, name := range object.names {
		value := object.values[i]
		if words.End(name, groupEndings) || contains(typeNames, name) && value.isOf(groupTypes) {
			return false
		}
		k := m.kindOf(place{name: name, object: object})
		found = found || (k >= givenName && k <= phone || words.End(name, emailEndings)) && value.holdsText() ||
			contains(typeNames, name) && value.isOf(personTypes) ||
			(name == "name" || name == "attributes") && value.kind == '{' && m.isAboutPerson(value, name) // as in SCIM and Salesforce
	}
	return found
}

// isOf reports whether a value names one of several types: "urn:…:2.0:User", or an address
// such as "…/Users/7".
func (n *node) isOf(types []string) bool {
	found := false
	n.each(func(_ place, leaf *node) {
		found = found || words.End(leaf.text, types) || slices.ContainsFunc(types, func(t string) bool { return strings.Contains(strings.ToLower(leaf.text), "/"+t+"s/") })
	})
	return found
}

// holdsText reports whether a value is or contains a text that is not empty.
func (n *node) holdsText() bool {
	found := false
	n.each(func(_ place, leaf *node) { found = found || leaf.text != "" })
	return found
}
