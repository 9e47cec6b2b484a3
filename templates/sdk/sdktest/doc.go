// Package sdktest records the answers of a source and replays them, so the tests of a
// connector need no source.
//
// A scenario is a file with a command, the exchanges with the source, and the connector's
// output. Write the command, with a comment above it:
//
//	One user, by email address.
//
//	-- command --
//	std:account:read
//	{"identity": "ada.lovelace@ourcompany.com"}
//
// Run all scenarios of a folder in a test:
//
//	func TestScenarios(t *testing.T) {
//		sdktest.Run(t, connector.New(open), "testdata/scenarios")
//	}
//
// Then record them on a real source, whose config is in a file that git ignores:
//
//	SDKTEST_RECORD=1 CONNECTOR_TEST_CONFIG=config.json go test -run TestScenarios
//
// The file is now complete:
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
// if the connector sends a request that the file does not have, omits a request, sends other
// lines, or ends with another error. Lines are outputs, the state and patches of the config.
// Keep-alives and the order of lines do not matter. A section "error" holds the expected error:
// its type, a blank line, and its text. To keep failures such as a wrong password out of
// scenarios, a command that fails with a generic error is recorded only if the file already
// has an "error" section, which needs no more than the line "generic".
//
// # Requests
//
// A request consists of its method, URL and body, the Authorization header, and headers that
// carry a secret or that [Headers] names, except Cookie. The user and password of Basic are
// shown in plain text. Requests may come in any order, and JSON may have its members in any
// order, but numbers must be written alike. Equal requests get their answers in the order of
// the file. Nothing waits for a Retry-After, and sdk/rest reads no page ahead. An answer has
// the headers that clients usually read, those with secrets, and those that [Headers] names.
// [Through] replays the same files in a bundle or a service.
//
// The client must send requests with the context of the command. It must use sdk/rest, which
// may have its own *http.Transport, or [net/http.DefaultTransport], which every client without
// a transport uses. During a replay, DefaultTransport and its clones refuse all other requests
// that leave the machine. Import this package only in tests.
//
// # Secrets and people
//
// Recording puts stand-ins in place of
//
//   - secrets of the config: items that the spec declares secret, values under keys that the
//     spec does not have, and the user and password in a URL;
//   - passwords in the command;
//   - tokens, keys, cookies and passwords in answers and requests, recognized by their names,
//     and JSON Web Tokens, private keys, and passwords of URLs under any name;
//   - names, logins, postal addresses and phone numbers of people, recognized by the names of
//     JSON and XML members, and email addresses in any text. Names and logins are replaced if
//     their object, or the path of the request, is about a person, so a group keeps its name.
//     Addresses at example.com and the like stay, as do names such as Test and User.
//
// A value has the same stand-in everywhere: within other texts, in another case, or escaped.
// A file that still contains a secret, in plain text or encoded in base64, hexadecimal, JSON,
// XML or a URL, is not written. Neither is one with an email address that has a stand-in. A
// secret of fewer than four characters is replaced only as a whole value. So is one that occurs
// only in answers, if it has fewer than eight characters or is a plain word such as "disabled".
// Use [Secret], [Personal] and [Public] if names mislead. People's names in data without member
// names, such as a column of CSV, are not replaced, so review a new scenario before you commit
// it.
//
// After the recording the command runs once more, on the stand-ins, and the file gets the
// output of that run: a login derived from a name is then derived from its stand-in. Values
// that change with each run, such as the time, cannot be replayed. [Secret] excludes such
// members and parameters from the comparison. Secrets that the connector computes, such as a
// signature or a new password, are always excluded.
//
// SDKTEST_RECORD=1 records only files that have nothing after the command, and replays the
// others. To record a file again, delete everything after the command, and replace the stand-ins
// in the command by real values if the source must know them. A password such as secret-password
// may stay: each recording generates a new one. SDKTEST_RECORD=all records every file again: all
// commands take effect once more, with the stand-ins that they have. See [Run].
//
// # Files
//
// The format is txtar: a comment, and sections that begin with a line such as "-- command --".
// A request is its method and URL, headers, a blank line, and the body. An answer begins with
// its status, or with "no answer" and the reason in the body. If the last line of the headers
// is "quoted", the lines of the body are in Go's quotes. If it is "base64", the body is not
// text. You can edit recordings, and write answers by hand.
package sdktest
