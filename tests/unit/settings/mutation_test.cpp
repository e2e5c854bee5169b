#include "base/text.hpp"
#include "settings/check.hpp"
#include "settings/parse.hpp"
#include "unit/settings/folder.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck/catch.h>

#include <sstream>
#include <string>

using namespace crmsync;

namespace {

const std::string& manual()
{
    static const std::string text = [] {
        const std::ifstream file(CRMSYNC_SOURCE_DIR "/config/crmsync.example.toml");
        std::ostringstream all;
        all << file.rdbuf();
        return all.str();
    }();
    return text;
}

/// Either it is fine, or there is one line for a person.
void read(const std::string& toml)
{
    settings::Mistakes mistakes("crmsync.toml");
    const Settings settings = settings::parse(toml, mistakes).settings;
    settings::check(settings, false, mistakes);
    const std::string text = mistakes.text();
    RC_ASSERT(text.find('\n') == std::string::npos);
    RC_ASSERT(clean_utf8(text) == text);
    RC_ASSERT(mistakes.any() == !text.empty());
}

} // namespace

TEST_CASE("whatever happened to the file, the answer is one line of text")
{
    REQUIRE(manual().size() > 1'000);
    rc::prop("bytes changed, left out and put in", [] {
        std::string toml = manual();
        const int edits = *rc::gen::inRange(1, 6);
        for (int i = 0; i < edits; ++i) {
            const auto at = *rc::gen::inRange<std::size_t>(0, toml.size());
            const auto length = *rc::gen::inRange<std::size_t>(0, 4);
            toml.replace(at, length, *rc::gen::arbitrary<std::string>());
        }
        read(toml);
    });
    rc::prop("any text", [](const std::string& toml) { read(toml); });
    rc::prop("any value in any key", [](const std::string& text) {
        const auto keys = settings_keys();
        const std::string key = *rc::gen::elementOf(keys);
        const auto dot = key.find('.');
        const std::string section = key.substr(0, dot);
        std::string quoted;
        for (const char c : clean_utf8(text))
            if (c != '\'' && c != '\n' && c != '\r')
                quoted += c;
        const std::string head = section == "provider" ? "[[provider]]" : "[" + section + "]";
        read(head + "\n" + key.substr(dot + 1) + " = '" + quoted + "'\n");
    });
}
