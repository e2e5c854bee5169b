// The main of a fuzz target in an ordinary build: runs over the files of its corpus, and over what
// becomes of each of them by a cut and by a changed byte. The same variants every time.
#include "fuzz.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// Variants per file and kind; a large file is sampled at even distances.
constexpr std::size_t most_variants = 400;

void run(const std::string& input)
{
    // A copy of the exact size: the sanitizer sees a read behind the end.
    const std::vector<std::uint8_t> bytes(input.begin(), input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::size_t run_with_variants(const std::string& input)
{
    run(input);
    std::size_t runs = 1;
    const std::size_t step = std::max<std::size_t>(1, input.size() / most_variants);
    for (std::size_t at = 0; at < input.size(); at += step) {
        run(input.substr(0, at));
        std::string changed = input;
        for (const char c : {'\0', '\xff', '"', '9'}) {
            changed[at] = c;
            run(changed);
        }
        runs += 5;
    }
    return runs;
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<fs::path> files;
    for (int i = 1; i < argc; ++i) {
        if (!fs::is_directory(argv[i])) {
            files.emplace_back(argv[i]);
            continue;
        }
        for (const fs::directory_entry& entry : fs::directory_iterator(argv[i]))
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());

    std::size_t runs = 0;
    for (const fs::path& file : files) {
        std::ifstream stream(file, std::ios::binary);
        if (!stream) {
            std::cerr << file.string() << " cannot be read\n";
            return 1;
        }
        runs += run_with_variants({std::istreambuf_iterator<char>(stream), {}});
    }
    std::cout << files.size() << " files, " << runs << " runs\n";
    return files.empty() ? 1 : 0; // an empty corpus proves nothing
}
