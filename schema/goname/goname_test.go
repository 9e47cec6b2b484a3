package goname_test

import (
	"go/token"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/conngen/conngen/schema/goname"
)

func TestName(t *testing.T) {
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
		if got := goname.Name(text, "Attr"); got != want {
			t.Errorf("goname.Name(%q) = %q, want %q", text, got, want)
		}
	}
}

// FuzzName: any text makes an exported identifier, or none when it has neither
// letter nor digit.
func FuzzName(f *testing.F) {
	for _, s := range []string{"userId", "HTTPServer", "a.b", "2fa", "名前", "ǅ", "ß", "ʰ", "IDs", "ⅷ", "\x80", "٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name := goname.Name(text, "Attr")
		if name == "" {
			for _, r := range text {
				if unicode.IsLetter(r) || unicode.IsDigit(r) {
					t.Fatalf("goname.Name(%q) is empty", text)
				}
			}
			return
		}
		if !token.IsIdentifier(name) || !token.IsExported(name) || !utf8.ValidString(name) {
			t.Fatalf("goname.Name(%q) = %q, no exported identifier", text, name)
		}
	})
}
