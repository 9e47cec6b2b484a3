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
	o := fakeapi.Troubled(5000)
	flag.IntVar(&o.Users, "users", o.Users, "how many people the directory has")
	flag.IntVar(&o.ThrottleEvery, "throttle-every", o.ThrottleEvery, "turn every request of this number away; 0 for none")
	flag.IntVar(&o.BurstEvery, "burst-every", o.BurstEvery, "have every read of this number fail, and those after it; 0 for none")
	flag.Parse()
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("a directory of %d people at http://%s, for the client %q with the secret %q\n", o.Users, listener.Addr(), fakeapi.ClientID, fakeapi.ClientSecret)
	log.Fatal(http.Serve(listener, fakeapi.New(o)))
}
