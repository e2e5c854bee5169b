#include "base/failure.hpp"
#include "base/temporary_file.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>

using namespace crmsync;
namespace fs = std::filesystem;

namespace {

struct Folder {
    std::string path = fs::temp_directory_path() / "crmsync-XXXXXX";
    Folder() { REQUIRE(mkdtemp(path.data())); }
    ~Folder() { fs::remove_all(path); }
};

} // namespace

TEST_CASE("what was written to a temporary file is read back in any piece")
{
    const Folder folder;
    TemporaryFile file(folder.path);
    CHECK(file.size() == 0);
    CHECK(file.read(0, 10).empty());
    file.append("one ");
    file.append(std::string(300'000, 'x'));
    file.append("end");
    CHECK(file.size() == 300'007);
    CHECK(file.read(0, 6) == "one xx");
    CHECK(file.read(300'003, 100) == "xend");
    CHECK(file.read(300'007, 1).empty());
}

TEST_CASE("a temporary file has no name that could be left behind")
{
    const Folder folder;
    TemporaryFile file(folder.path);
    file.append("secret");
    CHECK(fs::is_empty(folder.path));
}

TEST_CASE("a directory that takes no file is named")
{
    try {
        TemporaryFile file("/no/such/directory");
        FAIL("it was made");
    } catch (const Failure& failure) {
        CHECK(failure.name() == "file.unwritable");
        CHECK(failure.reaction() == Reaction::retry);
        CHECK(failure.message().find("/no/such/directory") != std::string::npos);
    }
}
