// crmsync_lint SOURCE_FOLDER: the rules that no compiler knows, over the whole tree.
// Prints file:line: message for each finding; ends with 1 if there is any.
#include "co_await_rule.hpp"
#include "include_rule.hpp"
#include "names_rule.hpp"
#include "pages_rule.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;
using crmsync::lint::Finding;

std::vector<fs::path> sources_in(const fs::path& folder)
{
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        const fs::path extension = entry.path().extension();
        if (entry.is_regular_file() && (extension == ".cpp" || extension == ".hpp"))
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

/// Without what is built and what git keeps.
std::set<std::string> files_of(const fs::path& root)
{
    std::set<std::string> files;
    for (fs::recursive_directory_iterator entry(root), end; entry != end; ++entry) {
        const fs::path path = fs::relative(entry->path(), root);
        if (path == "build" || path == ".git")
            entry.disable_recursion_pending();
        else if (entry->is_regular_file())
            files.insert(path.string());
    }
    return files;
}

std::string read(const fs::path& path)
{
    std::ifstream stream(path);
    return {std::istreambuf_iterator<char>(stream), {}};
}

int print(const std::vector<Finding>& findings)
{
    for (const Finding& finding : findings)
        std::cout << finding.file << ":" << finding.line << ": " << finding.message << "\n";
    return static_cast<int>(findings.size());
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::cerr << "usage: crmsync_lint SOURCE_FOLDER\n";
        return 2;
    }
    const fs::path root = argv[1];
    int found = 0;
    int files = 0;
    crmsync::lint::Names given;
    for (const char* top : {"lib", "daemon", "tests"}) {
        for (const fs::path& path : sources_in(root / top)) {
            const std::string source = read(path);
            const std::string name = fs::relative(path, root).string();
            found += print(crmsync::lint::check_includes(name, source));
            found += print(crmsync::lint::check_co_await(name, source));
            if (name.starts_with("lib/") || name.starts_with("daemon/"))
                given.merge(crmsync::lint::names_in_source(name, source));
            ++files;
        }
    }
    const std::string page = "deploy/OPERATIONS.md";
    const auto explained = crmsync::lint::names_in_page(page, read(root / page));
    found += print(crmsync::lint::compare_names(given, explained, page));
    const std::set<std::string> tree = files_of(root);
    for (const std::string& path : tree)
        if (path.ends_with(".md"))
            found += print(crmsync::lint::check_page(path, read(root / path), tree));
    std::cout << files << " files, " << found << " findings\n";
    return found == 0 && files > 0 ? 0 : 1;
}
