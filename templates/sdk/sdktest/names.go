package sdktest

import (
	"slices"
	"strings"

	"github.com/conngen/conngen/templates/sdk/internal/words"
)

// secretEndings end the names of members, parameters and headers that hold secrets, besides
// those of passwords.
var secretEndings = []string{
	"token", "accesstoken", "refreshtoken", "idtoken", "authtoken", "sessiontoken", "csrftoken", "jwt", "bearer", "assertion",
	"api key", "apikey", "access key", "accesskey", "secret key", "secretkey", "private key", "privatekey", "shared key",
	"subscription key", "signing key", "encryption key", "master key", "session key", "sessionkey",
	"session", "session id", "sessionid", "csrf", "xsrf", "otp", "passcode", "signature", "sig", "hmac", "nonce",
	"authorization code", "code verifier", "code challenge", "credential", "authorization",
}

// cursorEndings end the names of what leads to the next page, which is not a secret.
var cursorEndings = []string{
	"page token", "pagetoken", "next token", "nexttoken", "previous token", "prev token", "continuation token", "skip token", "skiptoken",
	"delta token", "deltatoken", "sync token", "start token",
}

// isSecret reports whether the name of a member, parameter or header says that it holds a
// secret.
func (o *options) isSecret(name string) bool {
	switch {
	case contains(o.public, name):
		return false
	case contains(o.secret, name), contains(o.passwords, name):
		return true
	}
	return words.Password(name) || words.End(name, secretEndings) && !words.End(name, cursorEndings)
}

// contains reports whether a name is one of several, in whatever case.
func contains(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}

// A kind is what a person has that others must not know.
type kind int

const (
	notPersonal kind = iota
	givenName
	familyName
	fullName
	login
	phone
	address
	otherPersonal // what the author calls personal
)

// The endings of names that always hold what people have.
var personalEndings = map[kind][]string{
	givenName:  {"given name", "givenname", "first name", "firstname", "middle name", "middlename", "forename", "nick name", "nickname", "preferred name"},
	familyName: {"family name", "familyname", "last name", "lastname", "surname", "sn", "maiden name"},
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

// The endings of names that hold what people have in an object about a person, and what
// tells that an object is about one.
var (
	fullNames       = []string{"name", "cn", "formatted"} // as whole names: companyName is another thing
	fullNameEndings = []string{"display name", "displayname", "common name", "formatted name", "person name", "employee name"}
	loginEndings    = []string{
		"user name", "username", "login", "logon", "login name", "login id", "account name", "sam account name", "user principal name",
		"upn", "uid", "alias", "handle", "mail nickname",
	}
	emailEndings = []string{"email", "emails", "e mail", "mail", "mails", "email address", "emailaddress", "mail address"}
)

// kindOf returns what a place holds that is personal, by the names of the member and of
// what it is in.
func (o *options) kindOf(at place) kind {
	name := at.name
	if (name == "value" || name == "number") && at.parent != "" {
		name = at.parent // {"phoneNumbers": [{"value": …}]}
	}
	if contains(o.public, at.name) {
		return notPersonal
	}
	if contains(o.personal, at.name) {
		return otherPersonal
	}
	name = strings.TrimRight(name, "0123456789 _-") // addressLine1
	for k := givenName; k < otherPersonal; k++ {
		if words.End(name, personalEndings[k]) {
			return k
		}
	}
	return notPersonal
}

// kindIn returns what a place holds that is personal only if its object is about a person.
func (o *options) kindIn(at place) kind {
	switch {
	case contains(o.public, at.name) || o.kindOf(at) != notPersonal || !o.isAboutPerson(at.object):
		return notPersonal
	case words.End(at.name, loginEndings):
		return login
	case slices.Contains(fullNames, strings.ToLower(at.name)) || words.End(at.name, fullNameEndings):
		return fullName
	case words.End(at.name, []string{"address"}):
		return address
	}
	return notPersonal
}

// isAboutPerson reports whether an object has a member that only people have.
func (o *options) isAboutPerson(object *node) bool {
	if object == nil {
		return false
	}
	for i, name := range object.names {
		k := o.kindOf(place{name: name, object: object})
		if k >= givenName && k <= phone && object.values[i].holdsText() {
			return true
		}
		if words.End(name, emailEndings) && object.values[i].holdsText() {
			return true
		}
		if name == "name" && object.values[i].kind == '{' && o.isAboutPerson(object.values[i]) {
			return true // as in SCIM
		}
	}
	return false
}

// holdsText reports whether a value is a text that is not empty, or has such a text in it.
func (n *node) holdsText() bool {
	found := false
	n.each(func(_ place, leaf *node) { found = found || leaf.text != "" })
	return found
}
