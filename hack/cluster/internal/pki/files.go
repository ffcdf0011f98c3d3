package pki

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// serviceAddress is the first address of the service range: what pods would
// call the API server.
const serviceAddress = "10.96.0.1"

// The names of the files that Write makes in its folder; each has the endings
// .crt and .key.
const (
	CA            = "ca"
	Serving       = "serving"
	KubeletClient = "kubelet-client"
	// ServiceAccounts is a key pair without certificate: .key and .pub.
	ServiceAccounts = "service-accounts"
)

// Users are the identities that get a kubeconfig, with their groups. The admin
// is who `cluster up` hands out.
func Users() map[string][]string {
	return map[string][]string{
		"admin":                          {"system:masters"},
		"kwok":                           {"system:masters"},
		"system:kube-controller-manager": nil,
		"system:kube-scheduler":          nil,
	}
}

// Write makes all certificates in folder and returns the kubeconfig of every
// user of Users for an API server at this URL.
func Write(folder, server string) (map[string][]byte, error) {
	ca, err := NewAuthority("cluster-ca")
	if err != nil {
		return nil, err
	}
	serving, err := ca.Server("kube-apiserver",
		[]string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"},
		[]net.IP{net.IPv4(127, 0, 0, 1), net.ParseIP(serviceAddress)})
	if err != nil {
		return nil, err
	}
	kubelet, err := ca.Client("kube-apiserver-kubelet-client", "system:masters")
	if err != nil {
		return nil, err
	}
	for name, pair := range map[string]Pair{CA: ca.Pair, Serving: serving, KubeletClient: kubelet} {
		if err := writePair(folder, name, pair); err != nil {
			return nil, err
		}
	}
	if err := writeServiceAccountKeys(folder); err != nil {
		return nil, err
	}
	return kubeconfigs(ca, server)
}

func kubeconfigs(ca *Authority, server string) (map[string][]byte, error) {
	configs := map[string][]byte{}
	for user, groups := range Users() {
		pair, err := ca.Client(user, groups...)
		if err != nil {
			return nil, err
		}
		config, err := clientcmd.Write(kubeconfig(user, server, ca.Cert, pair))
		if err != nil {
			return nil, fmt.Errorf("encode kubeconfig of %s: %w", user, err)
		}
		configs[user] = config
	}
	return configs, nil
}

func kubeconfig(user, server string, ca []byte, pair Pair) clientcmdapi.Config {
	config := clientcmdapi.NewConfig()
	config.Clusters["cluster"] = &clientcmdapi.Cluster{Server: server, CertificateAuthorityData: ca}
	config.AuthInfos[user] = &clientcmdapi.AuthInfo{ClientCertificateData: pair.Cert, ClientKeyData: pair.Key}
	config.Contexts["cluster"] = &clientcmdapi.Context{Cluster: "cluster", AuthInfo: user}
	config.CurrentContext = "cluster"
	return *config
}

func writePair(folder, name string, pair Pair) error {
	if err := write(folder, name+".crt", pair.Cert); err != nil {
		return err
	}
	return write(folder, name+".key", pair.Key)
}

func writeServiceAccountKeys(folder string) error {
	authority, err := NewAuthority("service-accounts") // for its key pair alone
	if err != nil {
		return err
	}
	public, err := x509.MarshalPKIXPublicKey(authority.key.Public())
	if err != nil {
		return fmt.Errorf("encode public key of service accounts: %w", err)
	}
	if err := write(folder, ServiceAccounts+".key", authority.Key); err != nil {
		return err
	}
	return write(folder, ServiceAccounts+".pub", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public}))
}

func certPEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func write(folder, name string, data []byte) error {
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o600); err != nil {
		return fmt.Errorf("write certificate: %w", err)
	}
	return nil
}
