package goname_test

import (
	"go/token"
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/conngen/conngen/internal/goname"
)

func TestName(t *testing.T) {
	t.Parallel()
	namer := goname.NewNamer(nil)
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
		"":                           "",
		" ":                          "",
		"😀":                          "",
		"type":                       "Type",
		"a\"b`c\\d":                  "ABCD",

		// Signs count if there is nothing else.
		"_":    "Underscore",
		"--":   "MinusMinus",
		"!=":   "NotEqual",
		" == ": "Equal",
		"<=":   "LessOrEqual",
		"&&":   "And",
		"*/":   "StarSlash",
		"≠":    "NotEqual",
		"😀!":   "Not",
		"a!":   "A",
	} {
		if got := namer.Name(text, "Attr"); got != want {
			t.Errorf("Name(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestInitialisms: words of the settings are capitalized, too, and Extra returns the words
// capitalized only for that reason.
func TestInitialisms(t *testing.T) {
	t.Parallel()
	namer := goname.NewNamer([]string{"ERP", "rfid", "hr"})
	for text, want := range map[string]string{"erpNumber": "ERPNumber", "RfidTags": "RFIDTags", "all erps": "AllERPs", "interpret": "Interpret", "ERP_ID": "ERPID"} {
		if got := namer.Name(text, ""); got != want {
			t.Errorf("Name(%q) = %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string][]string{"erpNumber": {"erp"}, "hrRFIDs": {"hr", "rfid"}, "userId": nil} {
		if got := namer.Extra(text); !slices.Equal(got, want) {
			t.Errorf("Extra(%q) = %q, want %q", text, got, want)
		}
	}
	if got := goname.NewNamer([]string{"id"}).Extra("userId"); got != nil {
		t.Errorf("an initialism of Go is said to be extra: %q", got)
	}
}

func TestSingular(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Sources": "Source", "Policies": "Policy", "Addresses": "Address", "Boxes": "Box", "Branches": "Branch", "Dishes": "Dish",
		"Access": "Access", "Status": "Status", "Analysis": "Analysis", "Data": "Data", "S": "S", "ies": "ie", "": "",
	} {
		if got := goname.Singular(name); got != want {
			t.Errorf("Singular(%q) = %q, want %q", name, got, want)
		}
	}
}

// FuzzName: any text makes an exported identifier, or none if it has neither letters nor digits.
func FuzzName(f *testing.F) {
	for _, s := range []string{"userId", "HTTPServer", "a.b", "2fa", "名前", "ǅ", "ß", "ʰ", "IDs", "ⅷ", "\x80", "٣", "!=", "_", "erps", "\u212a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name := goname.NewNamer([]string{"erp"}).Name(text, "Attr")
		if name == "" {
			for _, r := range text {
				if unicode.IsLetter(r) || unicode.IsDigit(r) {
					t.Fatalf("Name(%q) is empty", text)
				}
			}
			return
		}
		if !token.IsIdentifier(name) || !token.IsExported(name) || !utf8.ValidString(name) {
			t.Fatalf("Name(%q) = %q, which is not an exported identifier", text, name)
		}
		if singular := goname.Singular(name); !token.IsIdentifier(singular) || !token.IsExported(singular) {
			t.Fatalf("Singular(%q) = %q, which is not an exported identifier", name, singular)
		}
	})
}
