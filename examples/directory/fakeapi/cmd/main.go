// Command cmd serves the fake directory, to try the example connector on.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/conngen/conngen/examples/directory/fakeapi"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on")
	users := flag.Int("users", 5000, "how many people the directory has")
	flag.Parse()
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("a directory of %d people at http://%s, for the client %q with the secret %q\n", *users, listener.Addr(), fakeapi.ClientID, fakeapi.ClientSecret)
	log.Fatal(http.Serve(listener, fakeapi.New(fakeapi.Troubled(*users))))
}
