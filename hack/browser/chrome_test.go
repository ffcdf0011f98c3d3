package browser

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/report"
)

// tab is a page in a browser, with what went wrong on it.
type tab struct {
	context.Context
	t        *testing.T
	mu       sync.Mutex
	trouble  []string
	requests []string
}

// opened shows a report in a browser, in a window of a size.
func opened(t *testing.T, r *report.Report, width, height int) *tab {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	file, err := os.Create(path) //nolint:gosec // a folder of the test's own
	if err != nil {
		t.Fatal(err)
	}
	if err := report.HTML(file, r, report.Style{}); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	x := &tab{Context: started(t, width, height), t: t}
	chromedp.ListenTarget(x, x.hear)
	x.do(network.Enable(), runtime.Enable(), log.Enable(), chromedp.Navigate("file://"+path))
	return x
}

func started(t *testing.T, width, height int) context.Context {
	t.Helper()
	binary := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && binary == "" {
			binary = found
		}
	}
	if binary == "" {
		t.Skip("SKIPPED: there is no Chromium on this machine")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(binary), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(width, height), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-dev-shm-usage", true))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// hear collects errors, complaints and requests of the page.
func (x *tab) hear(event any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		x.trouble = append(x.trouble, e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			x.trouble = append(x.trouble, "console: "+string(e.Args[0].Value))
		}
	case *log.EventEntryAdded:
		x.trouble = append(x.trouble, "log: "+e.Entry.Text)
	case *network.EventRequestWillBeSent:
		x.requests = append(x.requests, e.Request.URL)
	}
}

func (x *tab) do(actions ...chromedp.Action) {
	x.t.Helper()
	if err := chromedp.Run(x, actions...); err != nil {
		x.t.Fatal(err)
	}
}

// value of an expression on the page.
func value[T any](x *tab, expression string) T {
	x.t.Helper()
	var out T
	x.do(chromedp.Evaluate(expression, &out))
	return out
}

// picture saves what is seen, to be looked at.
func (x *tab) picture(name string) {
	x.t.Helper()
	folder := os.Getenv("PATTERNS_SCREENSHOTS")
	if folder == "" {
		return
	}
	var png []byte
	x.do(chromedp.FullScreenshot(&png, 100))
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600); err != nil {
		x.t.Fatal(err)
	}
}
