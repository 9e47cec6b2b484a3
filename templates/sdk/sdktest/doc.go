// Package sdktest replays what a source once answered, so the tests of a connector need no
// source.
//
// A scenario is a file: a command, and what the connector and its source then send. Write
// the command, with a comment above it:
//
//	One user, by email address.
//
//	-- command --
//	std:account:read
//	{"identity": "ada.lovelace@ourcompany.com"}
//
// Have a test run all scenarios of a folder:
//
//	func TestScenarios(t *testing.T) {
//		sdktest.Run(t, connector.New(open), "testdata/scenarios")
//	}
//
// And record them on a real source, whose config is in a file that git ignores:
//
//	SDKTEST_RECORD=1 CONNECTOR_TEST_CONFIG=config.json go test -run TestScenarios
//
// The file then has all the rest:
//
//	One user, by email address.
//
//	-- command --
//	std:account:read
//	{
//	  "identity": "person1@example.com"
//	}
//	-- config --
//	{
//	  "baseUrl": "https://api.example.com",
//	  "clientId": "connector",
//	  "clientSecret": "secret-clientSecret"
//	}
//	-- request 1 --
//	POST https://api.example.com/oauth/token
//	Authorization: Basic connector:secret-clientSecret
//
//	grant_type=client_credentials
//	-- answer 1 --
//	200 OK
//	Content-Type: application/json
//
//	{
//	  "access_token": "secret-access_token",
//	  "expires_in": 3600
//	}
//	-- request 2 --
//	GET https://api.example.com/users/person1@example.com
//	Authorization: Bearer secret-access_token
//	-- answer 2 --
//	200 OK
//	Content-Type: application/json
//
//	{
//	  "id": "7",
//	  "givenName": "Given1",
//	  "email": "person1@example.com"
//	}
//	-- lines --
//	{"data":{"identity":"7","attributes":{"email":"person1@example.com","name":"Given1"}},"type":"output"}
//
// Without SDKTEST_RECORD, [Run] answers the command's requests from the file. The test fails
// if the connector sends a request that the file does not have, leaves one out, sends other
// lines, or ends with another error. Lines are outputs, the state and patches of the config;
// keep-alives do not count, nor does the order. A section "error" holds the error that is
// expected: its type, a blank line, and its text. A wrong password must not become a
// scenario: a command that fails with a generic error is recorded only if the file has that
// section already, with the line "generic" at least.
//
// # Requests
//
// A request is its method, URL and body, the header Authorization, and the headers other than
// Cookie that carry a secret or that [Headers] names. The user and password of Basic are shown
// without their base64. Requests may come in any order, and JSON may have its members in any
// order; its numbers count as they are written. Equal requests get their answers in the order
// of the file. Nothing waits for a Retry-After, and sdk/rest reads no page ahead. An answer has
// the headers that clients usually read, those that hold secrets, and those that [Headers]
// names. [Through] has a bundle or a service replay the same files.
//
// The client must send requests with the context of the command, through sdk/rest, which may
// have an *http.Transport of its own, or through [net/http.DefaultTransport], which every
// client without a transport uses. While a scenario is replayed, other requests through the
// latter, or a clone of it, are refused unless they stay on the machine. Only tests should
// import this package.
//
// # Secrets and people
//
// Recording puts stand-ins in place of
//
//   - secrets of the config: items that the spec calls secret, values under keys that the spec
//     does not have, and the user and password in a URL;
//   - passwords in the command;
//   - tokens, keys, cookies and passwords in answers and requests, by their names, and under
//     any name JSON Web Tokens, private keys, and passwords of URLs;
//   - names, logins, postal addresses and phone numbers of people, by the names of members of
//     JSON and XML, and email addresses in any text. A name or login counts where its object,
//     or the path of the request, is about a person: a group keeps its name. Addresses at
//     example.com and the like stay, and names such as Test and User.
//
// A value has the same stand-in wherever it occurs, also within other texts, in another case,
// or escaped. A file in which a secret still occurs is not written: in plain text, or encoded
// in base64, hexadecimal, JSON, XML or a URL; nor is one with an email address that has a
// stand-in. A secret of less than four characters counts only as a whole value. One that is
// known from an answer alone counts within other texts from eight on, unless it is a mere word
// such as "disabled". [Secret], [Personal] and [Public] correct what goes by names. Data without
// names, such as a column of CSV, keeps the names of people, so look at a new scenario before
// you commit it.
//
// After the recording the command runs once more, on the stand-ins, and the file gets what the
// connector sends then: a login that it derives from a name is derived from a stand-in. What
// differs from run to run, such as the time, cannot be replayed; [Secret] takes such members
// and parameters out of the comparison. Secrets that the connector computes, such as a
// signature or a new password, are out of it anyway.
//
// To record a scenario again, put real values in place of those stand-ins in the command that
// the source must know. A password such as secret-password may stay: each recording makes up
// another one.
//
// # Files
//
// The form is that of txtar: a comment, and sections that begin with a line such as
// "-- command --". A request is its method and URL, headers, a blank line, and the body. An
// answer begins with its status instead, or with "no answer", and then the body says why. If
// the last line of the headers is "quoted", the lines of the body are in Go's quotes; if it is
// "base64", the body is not text. Recordings may be edited, and answers written by hand.
package sdktest
