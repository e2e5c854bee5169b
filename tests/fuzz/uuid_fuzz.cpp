#include "base/uuid.hpp"
#include "fuzz.hpp"

using namespace crmsync;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto id = parse_uuid(fuzz::text_of(data, size));
    if (id)
        fuzz::must(parse_uuid(to_string(*id)) == id, "an id is read as it was written");
    return 0;
}
