package mask

import (
	"fmt"
	"testing"
)

// BenchmarkJSON masks rows that have no secret, with and without escaped characters.
func BenchmarkJSON(b *testing.B) {
	m := New()
	for i := range 5 {
		m.Learn(fmt.Sprintf("secret-%d xyz", i))
	}
	m.Learn("hunter2!", "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\nshort\n")
	for name, value := range map[string]string{
		"plain":  "user.1@a.example",
		"json":   `Zoe \"Z\" \\ Smith\nlines`,
		"url":    "https://a.example/?q=100%25%20of+it",
		"entity": "R&amp;D & Co",
		"all":    `R&amp;D \\ 100%25 + \"it\" & Co`,
	} {
		line := fmt.Appendf(nil, `{"data":{"identity":"user-1","attributes":{"userName":"user.1","mail":"%s","groups":["g1","g2","g3"],"active":true}},"type":"output"}`, value)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				m.JSON(line)
			}
		})
	}
}
