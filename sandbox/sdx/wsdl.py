"""Writes a service's WSDL from its declaration, with the single-quoted attributes that were observed."""

from sandbox.sdx.services import Service, namespace


def wsdl(service: Service, call_url: str) -> bytes:
    """Return the WSDL document of a SOAP service, its parameters in declared order.

    Args:
        service: a SOAP service.
        call_url: where calls of it are posted.
    """
    elements = "\n".join(
        f"     <xsd:element name='{parameter.name}' type='xsd:string'/>" for parameter in service.declared
    )
    name, target = service.name, namespace()
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<definitions name='{name}' targetNamespace='{target}' xmlns='http://schemas.xmlsoap.org/wsdl/' \
xmlns:nis='{target}' xmlns:soap='http://schemas.xmlsoap.org/wsdl/soap/' xmlns:xsd='http://www.w3.org/2001/XMLSchema'>
 <types>
  <xsd:schema targetNamespace='{target}' elementFormDefault='qualified'>
   <xsd:element name='{name}'>
    <xsd:complexType><xsd:sequence>
{elements}
    </xsd:sequence></xsd:complexType>
   </xsd:element>
   <xsd:element name='{name}Response'>
    <xsd:complexType><xsd:sequence>
     <xsd:element name='{service.answer_element}' type='xsd:anyType'/>
    </xsd:sequence></xsd:complexType>
   </xsd:element>
  </xsd:schema>
 </types>
 <message name='{name}Request'><part name='parameters' element='nis:{name}'/></message>
 <message name='{name}Response'><part name='parameters' element='nis:{name}Response'/></message>
 <portType name='{name}Port'>
  <operation name='{name}'>
   <input message='nis:{name}Request'/><output message='nis:{name}Response'/>
  </operation>
 </portType>
 <binding name='{name}Binding' type='nis:{name}Port'>
  <soap:binding style='document' transport='http://schemas.xmlsoap.org/soap/http'/>
  <operation name='{name}'>
   <soap:operation soapAction='{call_url}'/>
   <input><soap:body use='literal'/></input><output><soap:body use='literal'/></output>
  </operation>
 </binding>
 <service name='{name}'>
  <port name='{name}Port' binding='nis:{name}Binding'><soap:address location='{call_url}'/></port>
 </service>
</definitions>
""".encode()
