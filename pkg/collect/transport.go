package collect

import (
	"errors"
	"mime"
	"net/http"
	"strconv"
	"time"
)

// errWebPage is what a login page is, and the page of a proxy that says that
// nothing is behind it.
var errWebPage = errors.New("a web page, not an answer of an API server")

// longestWait is the longest that is waited at the word of a server which has
// too much to do (Retry-After). Client-go would wait as often as ten times for
// as long as it is told.
const longestWait = 10 * time.Second

// guarded looks at each answer before anything decodes it.
type guarded struct {
	next   http.RoundTripper
	server *serverClock
	wait   time.Duration // the longest that is waited before a second try
}

func (g *guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	asked := time.Now()
	answer, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	g.server.hear(answer, asked, time.Now())
	if isWebPage(answer) {
		_ = answer.Body.Close() // nobody wants it
		return nil, errWebPage
	}
	if seconds, err := strconv.Atoi(answer.Header.Get("Retry-After")); err == nil && time.Duration(seconds)*time.Second > g.wait {
		answer.Header.Del("Retry-After")
	}
	return answer, nil
}

// isWebPage reports whether an answer is for people. What such a page says of an
// error of the server is told by its code.
func isWebPage(r *http.Response) bool {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // what cannot be read is none
	return media == "text/html" && r.StatusCode < http.StatusInternalServerError
}

// WrappedRoundTripper lets client-go look through.
func (g *guarded) WrappedRoundTripper() http.RoundTripper { return g.next }
