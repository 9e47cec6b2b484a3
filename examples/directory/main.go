// Command directory is the connector "Acme Directory" for SailPoint Identity Security Cloud: an
// example of a whole connector, with the API of an invented product in fakeapi.
package main

import (
	"context"

	"github.com/conngen/conngen/examples/directory/connector"
)

func main() {
	connector.Main(open)
}

// open makes the client that answers one command.
func open(ctx context.Context, config connector.Config) (connector.Client, error) {
	return NewClient(ctx, config)
}
