package tries

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/time/rate"
)

// timeRate makes three calls; the limiter lets the first pass at once.
func timeRate(ctx context.Context, url string) error {
	limiter := rate.NewLimiter(rate.Every(20*time.Millisecond), 1)
	start := time.Now()
	for range 3 {
		if err := limiter.Wait(ctx); err != nil {
			return err
		}
		if err := answered(http.Get(url)); err != nil {
			return err
		}
	}
	if took := time.Since(start); took < 30*time.Millisecond {
		return fmt.Errorf("the limiter held three calls back for %s", took)
	}
	return nil
}
