/* Starts the interpreter of a library: a stand-in for tests. What it prints goes to a pipe of another one of ours,
   to a file that the environment names, else nowhere: wine hands files of the machine on as handles that the interpreter does not take. */
#include <windows.h>

typedef int (*main_t)(int, wchar_t **);

static HANDLE opened(const wchar_t *path, DWORD how, DWORD whether)
{
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, 0, TRUE};
    return CreateFileW(path, how, 7, &inherited, whether, 0, 0);
}

int wmain(int argc, wchar_t **argv)
{
    wchar_t path[1024];
    DWORD length = GetEnvironmentVariableW(L"LAMPLIGHTER_TRY_OUTPUT", path, 1024);
    HANDLE output = length && length < 1024 ? opened(path, FILE_APPEND_DATA, OPEN_ALWAYS)
                                            : opened(L"NUL", GENERIC_WRITE, OPEN_EXISTING);
    if (GetFileType(GetStdHandle(STD_OUTPUT_HANDLE)) != FILE_TYPE_PIPE)
        SetStdHandle(STD_OUTPUT_HANDLE, output);
    SetStdHandle(STD_ERROR_HANDLE, output);
    if (GetFileType(GetStdHandle(STD_INPUT_HANDLE)) != FILE_TYPE_PIPE)
        SetStdHandle(STD_INPUT_HANDLE, opened(L"NUL", GENERIC_READ, OPEN_EXISTING));
    HMODULE library = LoadLibraryW(L"python311.dll");
    main_t run = library ? (main_t)GetProcAddress(library, "Py_Main") : 0;
    return run ? run(argc, argv) : 99;
}
