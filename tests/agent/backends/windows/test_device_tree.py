"""How a device is called, by the name of its interface; the calls themselves need Windows."""

from lamplighter_agent.backends.windows._device_tree import instance_of


def test_an_interface_s_name_holds_its_device_s() -> None:
    told = "\\\\?\\usbstor#disk&ven_example&prod_stick&rev_1.0#60a44c3fac35&0#{53f56307-b6bf-11d0}"
    assert instance_of(told) == "usbstor\\disk&ven_example&prod_stick&rev_1.0\\60a44c3fac35&0"
    assert instance_of("\\\\?\\USB#VID_0951&PID_1666#1#{a5dcbf10}") == "USB\\VID_0951&PID_1666\\1"
