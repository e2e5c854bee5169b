#include "base/digest.hpp"
#include "base/failure.hpp"
#include "fuzz.hpp"

using namespace crmsync;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text = fuzz::text_of(data, size);
    fuzz::must(from_base64(base64(text)) == text, "bytes are read as they were written");
    fuzz::must(base64_url(text).find_first_of("+/=") == std::string::npos,
               "the form for URLs holds nothing a URL would encode");
    try {
        const std::string bytes = from_base64(text);
        fuzz::must(bytes.size() <= text.size(), "decoding does not make it longer");
    } catch (const Failure& failure) {
        fuzz::must(failure.name() == "base64.invalid", "the failure is the announced one");
    }
    return 0;
}
