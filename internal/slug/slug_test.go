package slug

import "testing"

func TestOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"HR":                "hr",
		"My  project":       "my-project",
		"SAP - HR (Europe)": "sap-hr-europe",
		"café":              "cafe",
		"cafe\u0301":        "cafe",
		"Straße Ærø Łódź":   "strasse-aero-lodz",
		"İstanbul":          "istanbul",
		"ﬁle":               "file",
		"v1.2_beta-":        "v1.2_beta",
		"HR 系統":             "hr",
		"系統":                "",
		"☃":                 "",
		"..":                "",
		"\xff":              "",
	} {
		if got := Of(text); got != want {
			t.Errorf("Of(%q) = %q, want %q", text, got, want)
		}
	}
}
