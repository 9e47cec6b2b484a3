// Command program is the connector of the spec whose folder is in
// CONFORMANCE_FOLDER.
package main

import (
	"os"

	"github.com/conngen/conngen/conformance/library"
)

func main() {
	library.New(os.Getenv("CONFORMANCE_FOLDER")).Main()
}
