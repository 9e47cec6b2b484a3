// Command directory is the connector "Acme Directory" for SailPoint Identity Security Cloud: a
// complete example, with the API of a fictional product in fakeapi.
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
