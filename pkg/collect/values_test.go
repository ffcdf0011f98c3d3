package collect

import (
	"context"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kubectl-patterns/kubectl-patterns/pkg/cluster"
)

// TestValuesOfConfigMaps: where they are asked for, the hosts in them are kept.
func TestValuesOfConfigMaps(t *testing.T) {
	l := &Live{Values: true, now: time.Now, typed: fake.NewClientset(&corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "settings"}, Data: map[string]string{"DB": "db:5432", "PASSWORD": "hunter2hunter2"}})}
	parts, err := l.Configs(context.Background(), []string{"shop"}, nil)
	if err != nil || len(parts.Configs) != 1 {
		t.Fatalf("%+v, %v", parts, err)
	}
	if got := parts.Configs[0].Endpoints; len(got) != 1 || got[0] != (cluster.Endpoint{Host: "db", Port: "5432", From: "DB"}) {
		t.Errorf("got %+v", got)
	}
}
