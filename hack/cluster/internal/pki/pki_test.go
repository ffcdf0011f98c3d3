package pki

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
)

func TestCertificatesVerify(t *testing.T) {
	folder := t.TempDir()
	configs, err := Write(folder, "https://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	ca, err := os.ReadFile(filepath.Join(folder, CA+".crt"))
	if err != nil || !pool.AppendCertsFromPEM(ca) {
		t.Fatalf("read authority: %v", err)
	}
	serving := load(t, folder, Serving)
	for _, name := range []string{"127.0.0.1", "localhost", "kubernetes.default.svc", serviceAddress} {
		if _, err := serving.Verify(x509.VerifyOptions{Roots: pool, DNSName: name}); err != nil {
			t.Errorf("serving certificate for %s: %v", name, err)
		}
	}
	client := x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	if _, err := load(t, folder, KubeletClient).Verify(client); err != nil {
		t.Errorf("kubelet client: %v", err)
	}
	if _, err := serving.Verify(client); err == nil {
		t.Error("the serving certificate is good for a client")
	}
	for user, groups := range Users() {
		config, err := clientcmd.RESTConfigFromKubeConfig(configs[user])
		if err != nil {
			t.Fatalf("kubeconfig of %s: %v", user, err)
		}
		block, _ := pem.Decode(config.CertData)
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cert.Verify(client); err != nil || cert.Subject.CommonName != user || !slices.Equal(cert.Subject.Organization, groups) {
			t.Errorf("certificate of %s: %v, subject %s", user, err, cert.Subject)
		}
	}
}

func load(t *testing.T, folder, name string) *x509.Certificate {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, name+".crt"), filepath.Join(folder, name+".key"))
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf
}
