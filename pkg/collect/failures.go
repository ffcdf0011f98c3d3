package collect

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilnet "k8s.io/apimachinery/pkg/util/net"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
	"github.com/kubectl-patterns/kubectl-patterns/pkg/wire"
)

// Reasons of gaps that are looked at again.
const (
	forbidden = "forbidden"
	notServed = "not served by this cluster"
)

// errNoList is an answer in JSON that is no list.
var errNoList = errors.New("no list of Kubernetes objects")

// failure is a way in which a request fails: how it is recognised, named, and
// what whoever reads that can do.
type failure struct {
	is     func(error) bool
	reason func(err error, patience time.Duration) string
	remedy string
}

// failures are tried in their order; what none of them is, is told as it is.
var failures = []failure{
	{apierrors.IsUnauthorized, named("unauthorized"), "log in again: the API server does not accept the credentials of the kubeconfig (any more)"},
	{apierrors.IsNotFound, named(notServed), ""},
	{isExpired, named("410 expired"), "the list takes longer than the API server keeps a state to list (5 minutes, unless set otherwise); -n NAMESPACE reads less"},
	{apierrors.IsTooManyRequests, named("429 too many requests"), "try again later: the API server has more to do than it can, or lets these credentials do little at a time"},
	{func(err error) bool { return apierrors.IsTimeout(err) || apierrors.IsServerTimeout(err) }, named("timed out"), "try again later, or read less with -n NAMESPACE: the API server itself gave up"},
	{isTimeout, timedOut, "a longer --request-timeout, or none, waits for slow answers; -n NAMESPACE reads less"},
	{func(err error) bool { return errors.Is(err, errWebPage) }, named(errWebPage.Error()), "something between here and the API server answers in its place, such as a login page: log in there, or see the kubeconfig's server and proxy-url"},
	{func(err error) bool { return codeOf(err) >= http.StatusInternalServerError }, serverError, ""},
	{isUntrusted, asItIs, "the kubeconfig's certificate-authority does not vouch for this server's certificate: see its server and certificate-authority(-data)"},
	{isPlain, asItIs, "the kubeconfig's server speaks no TLS, or only TLS: see its server, http:// or https://"},
	{isLost, asItIs, "see whether the kubeconfig's server is right, up, and to be reached from here"},
	{isBrokenOff, func(err error, _ time.Duration) string { return "the connection broke off: " + withoutURL(err) }, "try again: lists that break off are read anew once, and that was not enough"},
	{isGarbled, func(err error, _ time.Duration) string { return "not a list: " + withoutURL(err) }, "something between here and the API server changes its answers: see the kubeconfig's server and proxy-url"},
}

func asItIs(err error, _ time.Duration) string { return withoutURL(err) }

func isUntrusted(err error) bool {
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &untrusted)
}

// isPlain reports whether one side speaks TLS and the other does not; both are
// known by their words alone (net/http).
func isPlain(err error) bool {
	return strings.Contains(err.Error(), "server gave HTTP response to HTTPS client") || strings.Contains(saidBy(err), "HTTP request to an HTTPS server")
}

// isLost reports whether nothing was found to connect to.
func isLost(err error) bool {
	var unknown *net.DNSError
	return utilnet.IsConnectionRefused(err) || errors.As(err, &unknown)
}

func named(reason string) func(error, time.Duration) string {
	return func(error, time.Duration) string { return reason }
}

// gapOf says in a word why a kind could not be read, and what would help.
func (l *Live) gapOf(k kind, namespace string, err error) cluster.Gap {
	gap := cluster.Gap{Resource: k.resource, Namespace: namespace}
	if apierrors.IsForbidden(err) {
		gap.Reason, gap.Remedy = forbidden, k.right("list").rule()
		return gap
	}
	gap.Reason, gap.Remedy = l.explained(err)
	return gap
}

// movedOn is the gap of a list of which a part is of one moment and the rest of
// later ones.
func (l *Live) movedOn(k kind, namespace string, objects int) cluster.Gap {
	gap := l.gapOf(k, namespace, apierrors.NewResourceExpired(""))
	gap.Reason += fmt.Sprintf(" twice: what comes after the first %d was listed at a later moment", objects)
	return gap
}

// explained is why a request failed, and what can be done; the latter may be
// empty.
func (l *Live) explained(err error) (reason, remedy string) {
	for _, f := range failures {
		if f.is(err) {
			return f.reason(err, l.patience), f.remedy
		}
	}
	return withoutURL(err), ""
}

// withoutURL is an error without the address, which whoever reads it did not type.
func withoutURL(err error) string {
	var transport *url.Error
	if errors.As(err, &transport) {
		return transport.Err.Error()
	}
	if says := saidBy(err); says != "" {
		return firstLine(says)
	}
	return err.Error()
}

func codeOf(err error) int {
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		return int(status.Status().Code)
	}
	return 0
}

// isTimeout reports whether it was us who did not wait any longer.
func isTimeout(err error) bool {
	var network net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network) && network.Timeout()
}

func timedOut(err error, patience time.Duration) string {
	if patience > 0 {
		return fmt.Sprintf("timed out after %s", patience)
	}
	return "timed out: " + withoutURL(err)
}

func serverError(err error, _ time.Duration) string {
	reason := fmt.Sprintf("%d %s", codeOf(err), http.StatusText(codeOf(err)))
	if says := maskText(firstLine(saidBy(err))); says != "" {
		reason += ": " + says
	}
	return reason
}

// saidBy is what a server says of its error: where client-go could not make sense
// of that it is a cause, whatever it was.
func saidBy(err error) string {
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return ""
	}
	s := status.Status()
	if s.Details == nil {
		return s.Message
	}
	for _, cause := range s.Details.Causes {
		if cause.Type == metav1.CauseTypeUnexpectedServerResponse {
			var own metav1.Status
			if json.Unmarshal([]byte(cause.Message), &own) == nil {
				return own.Message
			}
			return cause.Message
		}
	}
	return s.Message
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	const most = 200
	if runes := []rune(line); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return line
}

// isBrokenOff knows some ends of a connection by their words alone: net/http says
// "force closed" where it gives up one that others still read from.
func isBrokenOff(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || utilnet.IsProbableEOF(err) || utilnet.IsConnectionRefused(err) || utilnet.IsConnectionReset(err) ||
		utilnet.IsHTTP2ConnectionLost(err) || strings.Contains(err.Error(), "stream error") || strings.Contains(err.Error(), "GOAWAY") ||
		strings.Contains(err.Error(), "client connection force closed")
}

func isGarbled(err error) bool {
	return errors.Is(err, wire.ErrForm) || errors.Is(err, errNoList) || runtime.IsMissingKind(err) || runtime.IsNotRegisteredError(err) || runtime.IsMissingVersion(err)
}

// passes reports whether a list that failed is worth a second try: what is
// refused, not understood or slow is so again.
func passes(err error) bool {
	code := codeOf(err)
	return code != 0 && isExpired(err) || code >= http.StatusInternalServerError && code != http.StatusGatewayTimeout || !isTimeout(err) && isBrokenOff(err)
}
