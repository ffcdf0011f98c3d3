package state

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports are the ports of a cluster, all on the loopback address.
type Ports struct {
	Etcd              int `json:"etcd"`
	EtcdPeer          int `json:"etcdPeer"`
	APIServer         int `json:"apiServer"`
	ControllerManager int `json:"controllerManager"`
	Scheduler         int `json:"scheduler"`
	Kwok              int `json:"kwok"`
	Kubelet           int `json:"kubelet"`
}

const (
	portCount = 7
	// Automatic ports are taken from below the range that Linux uses for
	// outgoing connections (from 32768 on): a port found free there could be
	// taken by any client before its component listens.
	lowestPort  = 20000
	highestPort = 32000
	attempts    = 50
)

// ChoosePorts returns free ports: those from base on, or any when base is 0.
func ChoosePorts(base int) (Ports, error) {
	if base != 0 {
		return portsFrom(base)
	}
	var err error
	for range attempts {
		var ports Ports
		ports, err = portsFrom(lowestPort + rand.IntN(highestPort-lowestPort))
		if err == nil {
			return ports, nil
		}
	}
	return Ports{}, fmt.Errorf("find free ports: %w", err)
}

func portsFrom(base int) (Ports, error) {
	if base < 1024 || base+portCount > 65535 {
		return Ports{}, fmt.Errorf("port base %d: want 1024 to %d", base, 65535-portCount)
	}
	for port := base; port < base+portCount; port++ {
		if err := checkFree(port); err != nil {
			return Ports{}, err
		}
	}
	return Ports{
		Etcd: base, EtcdPeer: base + 1, APIServer: base + 2,
		ControllerManager: base + 3, Scheduler: base + 4, Kwok: base + 5, Kubelet: base + 6,
	}, nil
}

func checkFree(port int) error {
	listener, err := net.Listen("tcp", Address(port))
	if err != nil {
		return fmt.Errorf("port %d is not free: %w", port, err)
	}
	return listener.Close()
}

// Address is where something on this port listens.
func Address(port int) string {
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}
