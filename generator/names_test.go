package generator

import (
	"go/token"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestGoName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"id":                         "ID",
		"userId":                     "UserID",
		"userIds":                    "UserIDs",
		"userIDs":                    "UserIDs",
		"user_id":                    "UserID",
		"URLs":                       "URLs",
		"baseUrl":                    "BaseURL",
		"HTTPServer":                 "HTTPServer",
		"privateData.secondaryEmail": "PrivateDataSecondaryEmail",
		"campaign:pre-approve":       "CampaignPreApprove",
		"missing-accounts":           "MissingAccounts",
		"JOB_TITLE":                  "JobTitle",
		"USERNAME":                   "Username",
		"SSN":                        "SSN",
		"ssf-stream:status-update":   "SSFStreamStatusUpdate",
		"ADGroup":                    "ADGroup",
		"oauth2Token":                "Oauth2Token",
		"größe":                      "Größe",
		"é":                          "É",
		"2fa":                        "Attr2fa",
		"2FAEnabled":                 "Attr2FAEnabled",
		"名前":                         "Attr名前",
		"_":                          "",
		"--":                         "",
		"":                           "",
		"😀":                          "",
		"type":                       "Type",
		"a\"b`c\\d":                  "ABCD",
	} {
		if got := goName(text, "Attr"); got != want {
			t.Errorf("goName(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestScopeTake(t *testing.T) {
	t.Parallel()
	s := newScope("New", "UserID2")
	for _, step := range [][2]string{
		{"New", "New2"}, {"UserID", "UserID"}, {"UserID", "UserID3"}, {"UserID", "UserID4"}, {"UserID2", "UserID22"},
	} {
		if got := s.take(step[0]); got != step[1] {
			t.Errorf("take(%q) = %q, want %q", step[0], got, step[1])
		}
	}
}

// FuzzGoName: any text makes an exported identifier, or none when it has neither
// letter nor digit.
func FuzzGoName(f *testing.F) {
	for _, s := range []string{"userId", "HTTPServer", "a.b", "2fa", "名前", "ǅ", "ß", "ʰ", "IDs", "ⅷ", "\x80", "٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name := goName(text, "Attr")
		if name == "" {
			for _, r := range text {
				if unicode.IsLetter(r) || unicode.IsDigit(r) {
					t.Fatalf("goName(%q) is empty", text)
				}
			}
			return
		}
		if !token.IsIdentifier(name) || !token.IsExported(name) || !utf8.ValidString(name) {
			t.Fatalf("goName(%q) = %q, no exported identifier", text, name)
		}
	})
}
