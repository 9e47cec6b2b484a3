package sdk_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/conngen/conngen/golden/minimal/connector"
	"github.com/conngen/conngen/templates/sdk"
)

// Administrators see the message: say what they can do.
func ExampleErrorf() {
	cause := errors.New("401 Unauthorized")
	err := sdk.Errorf("the API key is not valid for the site %q: %w", "berlin-mitte", cause)
	fmt.Println(err)
	fmt.Println(errors.Is(err, cause))
	// Output:
	// the API key is not valid for the site "berlin-mitte": 401 Unauthorized
	// true
}

// ISC creates the account when a read or an update fails with NotFound, so it is only for
// what the source says does not exist.
func ExampleNotFound() {
	problem := func(status int) error {
		switch {
		case status == http.StatusNotFound:
			return sdk.NotFound("holder 18 does not exist")
		case status >= http.StatusBadRequest:
			return sdk.Errorf("holder 18: the source answered with status %d", status)
		}
		return nil
	}

	for _, status := range []int{200, 404, 502} {
		fmt.Println(problem(status))
	}
	// Output:
	// <nil>
	// holder 18 does not exist
	// holder 18: the source answered with status 502
}

// Deleting an account that is already gone succeeds.
func ExampleIsNotFound() {
	deleteAccount := func(answer error) error {
		if sdk.IsNotFound(answer) {
			return nil
		}
		return answer
	}

	fmt.Println(deleteAccount(sdk.NotFound("holder 18 does not exist")))
	fmt.Println(deleteAccount(sdk.Errorf("holder 18 still has a parcel")))
	// Output:
	// <nil>
	// holder 18 still has a parcel
}

// DecodeConfig reports all that is wrong at once, and no values.
func ExampleConfigError() {
	_, err := connector.DecodeConfig(json.RawMessage(`{}`))
	var wrong *sdk.ConfigError
	if errors.As(err, &wrong) {
		for _, p := range wrong.Problems {
			fmt.Println(p.Item, p.Problem)
		}
	}
	// Output:
	// site is required
	// apiKey is required
}
