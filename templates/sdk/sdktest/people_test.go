package sdktest

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conngen/conngen/templates/sdk/internal/items"
)

// masked puts stand-ins into JSON values that belong together.
func masked(t *testing.T, texts []string, opts ...Option) []string {
	t.Helper()
	o := &options{standIns: make(map[string]string), passwords: []string{"geheim"}, keys: items.Keys{}}
	for _, set := range opts {
		set(o)
	}
	m := newMask(o)
	var all []*node
	for _, text := range texts {
		n, ok := readTree(text)
		if !ok {
			t.Fatalf("%s is not JSON", text)
		}
		m.learn(n, m.secrets.find)
		all = append(all, n)
	}
	m.learnPeople(all)
	var got []string
	for _, n := range all {
		m.tree(n)
		got = append(got, string(n.append(nil, false)))
	}
	return got
}

// TestPeople: what is known of people has the same stand-in wherever it occurs.
func TestPeople(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		opts       []Option
		text, want []string
	}{
		"SCIM": {
			text: []string{`{"id":"1","userName":"alovelace","name":{"givenName":"Ada","familyName":"Lovelace","formatted":"Ms. Ada Lovelace"},
				"emails":[{"type":"work","value":"Ada@Corp.io"}],"phoneNumbers":[{"type":"work","value":"+44 20 7946 0018"}],
				"addresses":[{"streetAddress":"1 St James Square","postalCode":"SW1Y 4JH","locality":"London","country":"GB","formatted":"1 St James Square, London"}]}`},
			want: []string{`{"id":"1","userName":"person1","name":{"givenName":"Given1","familyName":"Family1","formatted":"Person 1"},` +
				`"emails":[{"type":"work","value":"person1@example.com"}],"phoneNumbers":[{"type":"work","value":"+00 00 0000 0001"}],` +
				`"addresses":[{"streetAddress":"Address 1","postalCode":"Address 2","locality":"Address 3","country":"GB","formatted":"Address 1, London"}]}`},
		},
		"a whole name where a part belongs": {
			text: []string{`{"displayName":"Carl Sagan"}`, `{"firstName":"Carl Sagan","lastName":""}`},
			want: []string{`{"displayName":"Given1"}`, `{"firstName":"Given1","lastName":""}`},
		},
		"one person in several answers": {
			text: []string{
				`{"first_name":"Ada","last_name":"Lovelace","mail":"ada.lovelace@corp.io"}`,
				`{"note":"Ask Ada Lovelace, ADA.LOVELACE@CORP.IO, or lovelace; not Adam","manager":"ada","dn":"CN=Lovelace\\, Ada,OU=x"}`,
			},
			want: []string{
				`{"first_name":"Given1","last_name":"Family1","mail":"person1@example.com"}`,
				`{"note":"Ask Given1 Family1, person1@example.com, or family1; not Adam","manager":"given1","dn":"CN=Family1\\, Given1,OU=x"}`,
			},
		},
		"a name as a whole": {
			text: []string{`{"id":1,"name":"Ada King","email":"ada@corp.io"}`, `{"owner":"Ada King","title":"King of the hill"}`},
			want: []string{`{"id":1,"name":"Person 1","email":"person1@example.com"}`, `{"owner":"Person 1","title":"King of the hill"}`},
		},
		"an object that is not about a person": {
			text: []string{`{"id":1,"name":"Sales","displayName":"Sales Team","login":"sales"}`, `{"roles":[{"name":"Reader","type":"user"}],"department":{"name":"IT","phone":"+1 555 0100 1"}}`},
			want: []string{`{"id":1,"name":"Sales","displayName":"Sales Team","login":"sales"}`, `{"roles":[{"name":"Reader","type":"user"}],"department":{"name":"IT","phone":"+0 000 0000 1"}}`},
		},
		"a login and an address of one name": {
			text: []string{`{"surname":"Babbage","login":"zbabbage","email":"zbabbage@corp.io"}`, `{"surname":"Hopper","login":"x9"}`, `{"email":"x9@corp.io","by":"zbabbage"}`},
			want: []string{
				`{"surname":"Family1","login":"person1","email":"person1@example.com"}`, `{"surname":"Family2","login":"person2"}`, `{"email":"person2@example.com","by":"person1"}`,
			},
		},
		"values that are none": {
			text: []string{`{"phone":"none","mobile":"","fax":null,"lastName":"-","email":"n/a","street":"?","address":"10.1.2.3:80","sn":true}`},
			want: []string{`{"phone":"none","mobile":"","fax":null,"lastName":"-","email":"n/a","street":"?","address":"10.1.2.3:80","sn":true}`},
		},
		"numbers": {
			text: []string{`{"phone":2079460018,"amount":1.50e2,"id":10115,"zip":"10115"}`, `{"call":"2079460018"}`},
			want: []string{`{"phone":1,"amount":1.50e2,"id":10115,"zip":"Address 1"}`, `{"call":"0000000001"}`},
		},
		"stand-ins of an earlier recording": {
			text: []string{`{"givenName":"Given1","familyName":"Family2","phone":"+00 00 0000 0001","email":"person1@example.com","name":"Given1 Family2"}`, `{"givenName":"Ada","familyName":"Lovelace","email":"ada@corp.io","phone":"+44 20 7946 0018"}`},
			want: []string{`{"givenName":"Given1","familyName":"Family2","phone":"+00 00 0000 0001","email":"person1@example.com","name":"Given1 Family2"}`, `{"givenName":"Given2","familyName":"Family1","email":"person2@example.com","phone":"+00 00 0000 0002"}`},
		},
		"addresses that nobody has": {
			text: []string{`{"mail":"ada@example.com","other":"bob@team.example","third":"it@corp.test"}`},
			want: []string{`{"mail":"ada@example.com","other":"bob@team.example","third":"it@corp.test"}`},
		},
		"addresses as names": {
			text: []string{`{"members":{"ada@corp.io":{"role":"owner"}},"list":["ada@corp.io","mailto:ada@corp.io"]}`},
			want: []string{`{"members":{"person1@example.com":{"role":"owner"}},"list":["person1@example.com","mailto:person1@example.com"]}`},
		},
		"URLs": {
			text: []string{`{"givenName":"Ada","familyName":"Lovelace","mail":"ada@corp.io","self":"https://a.io/users/ada%40corp.io?q=Ada+Lovelace&x=%20","plain":"https://a.io/?b=1&a=%2f","dn":"/O=Org/CN=Ada Lovelace"}`},
			want: []string{`{"givenName":"Given1","familyName":"Family1","mail":"person1@example.com","self":"https://a.io/users/person1@example.com?q=Given1+Family1&x=+","plain":"https://a.io/?b=1&a=%2f","dn":"/O=Org/CN=Given1 Family1"}`},
		},
		"options": {
			opts: []Option{Personal("badge", "nick"), Public("lastName", "session"), Secret("nonsense")},
			text: []string{`{"badge":"B 17","nick":"Countess","lastName":"Lovelace","session":"of parliament","nonsense":"x","geheim":"y","a":"of B 17"}`},
			want: []string{`{"badge":"Value 1","nick":"Value 2","lastName":"Lovelace","session":"of parliament","nonsense":"secret-nonsense","geheim":"secret-geheim","a":"of Value 1"}`},
		},
		"secrets by their form, or by what is around them": {
			text: []string{
				`{"pem":"-----BEGIN RSA PRIVATE KEY-----\nMIIEvQIBADANBgkqh\n-----END RSA PRIVATE KEY-----","text":"it has token=abcd1234efgh, not token: required","repo":"https://bob:pw-12345@git.io/x","q":"a%20eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodXNoIn0.aHVzaA","jwe":"eyJhbGciOiJkaXIifQ..48V1_ALb6US0.5eym8TW_c8Su.XFBoMYUZod"}`,
				`{"tokens":["abcd-1"],"pairs":[{"name":"apiKey","value":"abcd-2"}],"session":{"id":"abcd-3","user":"x"},"payload":"{\"access_token\":\"abcd-4567\",\"firstName\":\"Ada\"}","note":"Ada has abcd-4567","plain":"{ \"a\": 1 }"}`,
			},
			want: []string{
				`{"pem":"secret-privateKey","text":"it has token=secret-token, not token: required","repo":"https://bob:secret-password@git.io/x","q":"a%20secret-jwt","jwe":"secret-jwt-2"}`,
				`{"tokens":["secret-tokens"],"pairs":[{"name":"apiKey","value":"secret-value"}],"session":{"id":"secret-id","user":"x"},"payload":"{\"access_token\":\"secret-access_token\",\"firstName\":\"Given1\"}","note":"Given1 has secret-access_token","plain":"{ \"a\": 1 }"}`,
			},
		},
		"states that are called secrets, and other cases of secrets": {
			text: []string{`{"password":"disabled","status":"disabled","token":"NOT_SET_YET","x":"NOT_SET_YET","secret":"0a1b2c3d-E","y":"0A1B2C3D-E"}`},
			want: []string{`{"password":"secret-password","status":"disabled","token":"secret-token","x":"NOT_SET_YET","secret":"secret-secret","y":"secret-secret"}`},
		},
		"escaped addresses": {
			text: []string{`{"error":"GET /users/ada%40corp.io: not found","by":"ADA@corp.io"}`},
			want: []string{`{"error":"GET /users/person1%40example.com: not found","by":"person1@example.com"}`},
		},
		"secrets": {
			text: []string{`{"lastName":"Token","access_token":"abcdefgh","nextPageToken":"p2","tokens":[{"token":"12345678"}],"password":true,"otp":7,"changes":[{"attribute":"pin","value":"9"},{"attribute":"sn","value":"Token"}]}`},
			want: []string{`{"lastName":"Family1","access_token":"secret-access_token","nextPageToken":"p2","tokens":[{"token":"secret-token"}],"password":true,"otp":7,"changes":[{"attribute":"pin","value":"secret-value"},{"attribute":"sn","value":"Family1"}]}`},
		},
	} {
		got := masked(t, tt.text, tt.opts...)
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
		}
	}
}

// TestShapes: what is recorded of the answers of well-known APIs.
func TestShapes(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/shapes/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		before, _, _ := strings.Cut(text(t, file), "-- recorded --\n")
		_, sections := readArchive(before)
		var b strings.Builder
		b.WriteString(before + "-- recorded --\n")
		for _, answer := range masked(t, strings.Split(strings.TrimSpace(sections[0].text), "\n")) {
			n, _ := readTree(answer)
			b.WriteString(n.pretty() + "\n")
		}
		checkGolden(t, "shapes/"+filepath.Base(file), b.String())
	}
}

// TestCollections: the path of a request tells that an answer is about people.
func TestCollections(t *testing.T) {
	t.Parallel()
	for path, isPerson := range map[string]bool{
		"/users": true, "/api/v1/Users/7": true, "/user/search": true, "/groups/7/members": true, "/table/sys_user": true,
		"/users/7/roles": false, "/groups": false, "/table/sys_user_group": false, "": false, "/": false,
	} {
		answers := []string{`{"id":7,"name":"Ada King"}`, `[{"id":7,"name":"Ada King"}]`, `{"data":[{"id":7,"name":"Ada King"}]}`}
		if strings.HasSuffix(path, "roles") {
			answers = append(answers, `{"data":[{"name":"User","type":"user"}]}`)
		}
		for _, answer := range answers {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example.com"+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			x := &exchange{request: req, status: 200, header: make(http.Header), answer: []byte(answer)}
			s := new(scenario)
			newMask(new(options)).write(s, &node{kind: '{'}, nil, []*exchange{x})
			if got := s.pairs[0].answer.body; strings.Contains(got, "Person 1") != isPerson {
				t.Errorf("%s: %s", path, got)
			}
		}
	}
}

// TestLarge: an object with thousands of members does not take minutes.
func TestLarge(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes long with the race detector")
	}
	var b strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&b, `"m%d":"x",`, i)
	}
	got := masked(t, []string{`{` + b.String() + `"firstName":"Ada"}`})[0]
	if !strings.HasSuffix(got, `"m19999":"x","firstName":"Given1"}`) {
		t.Errorf("it ends with %s", got[len(got)-100:])
	}
}

// TestMarkup: what XML holds of secrets and people is replaced, whatever it is sent as.
func TestMarkup(t *testing.T) {
	t.Parallel()
	const answer = "<?xml version='1.0'?><u token='abcd-1'><sessionId><![CDATA[abcd<2]]></sessionId><givenName>Ada</givenName>" +
		"<displayName>Ada King</displayName><dept>Sales</dept><input name=csrf_token value='abcd-5'/><p key=\"pin\">abcd-6</p></u>"
	o := &options{keys: items.Keys{}}
	m := newMask(o)
	x := &exchange{status: 200, header: http.Header{"Content-Type": {"text/plain"}, "X-Auth-Token": {"abcd-3"}, "Location": {"https://a.io/?token=abcd-4567"}}, answer: []byte(answer)}
	got := m.answer(x, m.learnAnswer(x)).text()
	const want = "200 OK\nContent-Type: text/plain\nLocation: https://a.io/?token=secret-token\nX-Auth-Token: secret-X_Auth_Token\n\n" +
		`<?xml version='1.0'?><u token="secret-token-2"><sessionId>secret-sessionId</sessionId><givenName>Given1</givenName><displayName>Person 1</displayName><dept>Sales</dept><input name=csrf_token value="secret-csrf_token"/><p key="pin">secret-pin</p></u>` + "\n"
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
