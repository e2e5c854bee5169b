#include "pages_rule.hpp"

#include <algorithm>
#include <regex>

namespace crmsync::lint {
namespace {

bool is_there(const std::string& name, const std::set<std::string>& tree)
{
    return tree.contains(name) ||
           std::any_of(tree.begin(), tree.end(), [below = "/" + name](const std::string& path) {
               return path.ends_with(below);
           });
}

} // namespace

std::vector<Finding> check_page(const std::string& file, std::string_view page,
                                const std::set<std::string>& tree)
{
    // Lower case: NAME_test.cpp is a pattern, as is _test.cpp.
    static const std::regex quoted(
        R"re(`((?:[a-z0-9][a-z0-9_.-]*/)*[a-z0-9][a-z0-9_.-]*\.(?:cpp|hpp|sql|sh|md|cmake|awk))`)re");
    using Matches = std::regex_iterator<std::string_view::const_iterator>;
    std::vector<Finding> findings;
    for (Matches match(page.begin(), page.end(), quoted); match != Matches(); ++match) {
        const std::string name = (*match)[1].str();
        if (is_there(name, tree))
            continue;
        const auto lines = std::count(page.begin(), (*match)[0].first, '\n');
        findings.push_back({file, static_cast<int>(lines) + 1, name + " is not there"});
    }
    return findings;
}

} // namespace crmsync::lint
