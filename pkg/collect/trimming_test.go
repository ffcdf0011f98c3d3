package collect

import (
	"fmt"
	"strings"
	"testing"
)

// manyItems are more than fit the batches that are under way.
const manyItems = 5000

// manyOf is a list of Pods; item makes each.
func manyOf(head, tail string, item func(i int) string) string {
	var b strings.Builder
	b.WriteString(`{"apiVersion":"v1",` + head + `"items":[`)
	for i := range manyItems {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.WriteString(item(i))
	}
	b.WriteString(tail)
	return b.String()
}

func podItem(kind string, i int) string {
	return fmt.Sprintf(`{%s"metadata":{"namespace":"shop","name":"web-%d","uid":"%d","annotations":{"x":%q}}}`, kind, i, i, strings.Repeat("x", 300))
}

// TestItemsAreTrimmedInOrder: of two of one name the first counts, and what is
// broken is named in the order in which it stands, the end of the file last.
func TestItemsAreTrimmedInOrder(t *testing.T) {
	const kind = `"apiVersion":"v1","kind":"Pod",`
	parts, err := readText(t, manyOf("", `,{"kind":"Po`, func(i int) string {
		switch i {
		case 1000, 4000:
			return `{"kind":"Pod","metadata":{"name":` + fmt.Sprint(i) + `}}`
		case 4999:
			return strings.Replace(podItem(kind, 0), `"uid":"0"`, `"uid":"another"`, 1)
		}
		return podItem(kind, i)
	}))
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.Pods) != manyItems-3 || parts.Pods[0].UID != "0" {
		t.Errorf("%d pods, the first %+v", len(parts.Pods), parts.Pods[0].Ref)
	}
	for i, want := range []string{"without a readable kind and name", "without a readable kind and name", "the file ends in the middle"} {
		if got := parts.Gaps[i].Reason; !strings.Contains(got, want) {
			t.Errorf("gap %d: %s", i, got)
		}
	}
}

// TestItemsWaitForTheKindOfTheirList: where a list names it behind them.
func TestItemsWaitForTheKindOfTheirList(t *testing.T) {
	parts, err := readText(t, manyOf("", `],"kind":"PodList"}`, func(i int) string { return podItem("", i) }))
	if err != nil {
		t.Fatal(err)
	}
	if len(parts.Pods) != manyItems || parts.Pods[manyItems-1].Name != fmt.Sprintf("web-%d", manyItems-1) {
		t.Errorf("%d pods", len(parts.Pods))
	}
}
