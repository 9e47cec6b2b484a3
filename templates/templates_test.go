package templates

import (
	"fmt"
	"go/types"
	"slices"
	"strings"
	"testing"
)

// TestSDKVersion: the SDK has the constants of its version and of those before, down to
// the first that had one, and none of a later version.
func TestSDKVersion(t *testing.T) {
	t.Parallel()
	const prefix, first = "IsAtLeastVersion", 2
	p, err := linuxChild(t).Import(SDKPath)
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, name := range p.Scope().Names() {
		if strings.HasPrefix(name, prefix) {
			got = append(got, name)
		}
	}
	for version := first; version <= SDKVersion; version++ {
		want = append(want, fmt.Sprint(prefix, version))
	}
	if c, ok := p.Scope().Lookup("sdkVersion").(*types.Const); !ok || c.Val().String() != fmt.Sprint(SDKVersion) {
		t.Errorf("the SDK says that its version is %v, want %d", c, SDKVersion)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the SDK of version %d has %q, want %q", SDKVersion, got, want)
	}
}
