#include "fuzz.hpp"
#include "model/address.hpp"

using namespace crmsync;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = fuzz::text_of(data, size);
    if (const auto address = parse_address(text)) {
        fuzz::must(parse_address(address->text) == address, "a normal form is its own");
        fuzz::must(!address->domain().text.empty(), "an address has a domain");
        fuzz::must(address->text.find_first_of(" \t\r\n") == std::string::npos,
                   "an address has no white space");
    }
    if (const auto domain = parse_domain(text))
        fuzz::must(parse_domain(domain->text) == domain, "a normal form is its own");
    return 0;
}
