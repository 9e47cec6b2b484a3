package sdk_test

import (
	"context"
	"fmt"
	"time"

	"github.com/conngen/conngen/templates/sdk"
)

// siteIDs has the IDs of sites by their names, for all commands of the process.
var siteIDs sdk.Cache[string, string]

// siteID returns the ID of a site. The source is asked once an hour, however many commands
// need the ID.
func siteID(ctx context.Context, name string) (string, error) {
	return siteIDs.Get(ctx, name, func(context.Context) (string, time.Duration, error) {
		fmt.Println("asked for", name) // call the source here
		return "id-of-" + name, time.Hour, nil
	})
}

// Three commands look up two sites.
func ExampleCache() {
	for _, site := range []string{"berlin-mitte", "lyon", "berlin-mitte"} {
		id, err := siteID(context.Background(), site)
		fmt.Println(id, err)
	}
	// Output:
	// asked for berlin-mitte
	// id-of-berlin-mitte <nil>
	// asked for lyon
	// id-of-lyon <nil>
	// id-of-berlin-mitte <nil>
}
