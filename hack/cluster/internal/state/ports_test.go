package state

import (
	"net"
	"testing"
)

func TestChoosePortsTwice(t *testing.T) {
	ports, err := ChoosePorts(0)
	if err != nil {
		t.Fatal(err)
	}
	if ports.Etcd < lowestPort || ports.Kubelet != ports.Etcd+portCount-1 {
		t.Errorf("got %+v, want %d ports in a row from %d on", ports, portCount, lowestPort)
	}
	again, err := ChoosePorts(ports.Etcd)
	if err != nil {
		t.Fatalf("choosing them does not leave them free: %v", err)
	}
	if again != ports {
		t.Errorf("got %+v from the base of %+v", again, ports)
	}
}

func TestChoosePortsRefusesTakenOnes(t *testing.T) {
	ports, err := ChoosePorts(0)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", Address(ports.Scheduler))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if got, err := ChoosePorts(ports.Etcd); err == nil {
		t.Errorf("got %+v although %d is taken", got, ports.Scheduler)
	}
}

func TestChoosePortsRefusesOddBases(t *testing.T) {
	for _, base := range []int{-1, 80, 65535} {
		if got, err := ChoosePorts(base); err == nil {
			t.Errorf("base %d gives %+v, want an error", base, got)
		}
	}
}
