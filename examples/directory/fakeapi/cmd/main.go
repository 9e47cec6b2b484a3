// Command cmd serves the fake directory for the example connector.
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
	flag.IntVar(&o.Users, "users", o.Users, "number of people in the directory")
	flag.IntVar(&o.ThrottleEvery, "throttle-every", o.ThrottleEvery, "reject every nth request; 0 for none")
	flag.IntVar(&o.BurstEvery, "burst-every", o.BurstEvery, "fail every nth read and the ones after it; 0 for none")
	calm := flag.Bool("calm", false, "answer at once, reject nothing and never fail")
	flag.Parse()
	if *calm {
		o = fakeapi.Options{Users: o.Users}
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("a directory of %d people at http://%s, for the client %q with the secret %q\n", o.Users, listener.Addr(), fakeapi.ClientID, fakeapi.ClientSecret)
	log.Fatal(http.Serve(listener, fakeapi.New(o)))
}
