#include "fuzz.hpp"
#include "settings/parse.hpp"

using namespace crmsync;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    settings::Mistakes mistakes("fuzz.toml");
    const auto parsed = settings::parse(fuzz::text_of(data, size), mistakes);
    fuzz::must(mistakes.any() || !parsed.keys.empty(),
               "it says which keys there are, or what is wrong");
    if (mistakes.any()) {
        const std::string text = mistakes.text();
        fuzz::must(text.starts_with("fuzz.toml:"), "a mistake names file and line");
        fuzz::must(text.find_first_of("\r\n") == std::string::npos, "mistakes stand on one line");
    }
    return 0;
}
