// crmsync_lint SOURCE_FOLDER: the two rules that no compiler knows, over the whole tree.
// Prints file:line: message for each finding; ends with 1 if there is any.
#include "co_await_rule.hpp"
#include "include_rule.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

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
    int read = 0;
    for (const char* top : {"lib", "daemon", "tests"}) {
        for (const fs::path& path : sources_in(root / top)) {
            std::ifstream stream(path);
            const std::string source{std::istreambuf_iterator<char>(stream), {}};
            const std::string name = fs::relative(path, root).string();
            found += print(crmsync::lint::check_includes(name, source));
            found += print(crmsync::lint::check_co_await(name, source));
            ++read;
        }
    }
    std::cout << read << " files, " << found << " findings\n";
    return found == 0 && read > 0 ? 0 : 1;
}
